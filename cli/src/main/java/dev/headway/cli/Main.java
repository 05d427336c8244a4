package dev.headway.cli;

import dev.headway.cli.demo.DemoCommand;
import dev.headway.cli.exec.ExecCommand;
import dev.headway.cli.fetch.FetchCommand;
import dev.headway.cli.plan.PlanCommand;
import dev.headway.cli.server.ServerCommand;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The {@code headway} command: a face over its subcommands. */
@Command(
    name = "headway",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = "Runs a lot of work as fast as a limit allows, and never faster.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  headway demo",
      "  headway fetch --rate 40/s urls.txt > results.jsonl",
      "  headway exec --rate 10/m -- convert {} {.}.png < photos.txt",
      "  headway plan --rate 40/s urls.txt",
      "  headway fetch --help"
    },
    subcommands = CommandLine.HelpCommand.class)
public final class Main implements Callable<Integer> {

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /** Made by picocli. */
  public Main() {}

  /** Runs the command and ends the JVM with its exit status. */
  public static void main(String[] arguments) {
    prepare();
    // Every client loads the machine's trusted certificates, which can be done while options are
    // read.
    if (List.of(arguments).contains("fetch")) {
      Thread.ofPlatform().daemon().name("headway-trust").start(Main::loadTrust);
    }
    System.exit(commandLine(arguments).execute(arguments));
  }

  /** Sets what holds for the whole JVM. */
  static void prepare() {
    // The JDK's client must not send anything again by itself: each request takes a permit.
    System.setProperty("jdk.httpclient.redirects.retrylimit", "1");
    System.setProperty("jdk.httpclient.disableRetryConnect", "true");
  }

  private static void loadTrust() {
    try {
      SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      System.err.println("headway: there will be no https here: " + e.getMessage());
    }
  }

  /** The command, ready to be executed; where arguments name a subcommand, with that one alone. */
  public static CommandLine commandLine(String... arguments) {
    return commandLine(
        arguments.length == 0 ? "" : arguments[0],
        System.in,
        new FileOutputStream(FileDescriptor.out),
        new FileOutputStream(FileDescriptor.err));
  }

  /**
   * The command, with other standard streams for its work. What it has to say itself goes to {@link
   * CommandLine#getErr()}.
   */
  static CommandLine commandLine(
      InputStream standardInput, OutputStream standardOutput, OutputStream standardError) {
    return commandLine("", standardInput, standardOutput, standardError);
  }

  private static CommandLine commandLine(
      String named,
      InputStream standardInput,
      OutputStream standardOutput,
      OutputStream standardError) {
    Map<String, Object> subcommands = new LinkedHashMap<>();
    subcommands.put("fetch", new FetchCommand(standardInput, standardOutput));
    subcommands.put("exec", new ExecCommand(standardInput, standardOutput, standardError));
    subcommands.put("plan", new PlanCommand(standardInput, standardOutput));
    subcommands.put("server", new ServerCommand());
    subcommands.put("demo", new DemoCommand());
    // To read what options all of them have takes longer than much that is done with one.
    if (subcommands.containsKey(named)) {
      subcommands.keySet().retainAll(Set.of(named));
    }

    Mistakes mistakes = new Mistakes();
    CommandLine main = new CommandLine(new Main());
    for (Map.Entry<String, Object> subcommand : subcommands.entrySet()) {
      CommandLine line = new CommandLine(subcommand.getValue());
      // What comes after the command to run is its own.
      line.setStopAtPositional(subcommand.getValue() instanceof ExecCommand);
      main.addSubcommand(subcommand.getKey(), line);
    }
    return main.setCaseInsensitiveEnumValuesAllowed(true)
        .setExpandAtFiles(false)
        .setParameterExceptionHandler(mistakes)
        .setExecutionExceptionHandler(mistakes);
  }

  /** Without a command, says which there are. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE;
  }

  /** Reads the version from the manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version =
          Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
              .orElse("(not packaged)");
      return new String[] {
        "headway " + version, "Java " + Runtime.version() + " on " + System.getProperty("os.name")
      };
    }
  }
}
