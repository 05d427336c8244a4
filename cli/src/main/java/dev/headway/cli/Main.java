package dev.headway.cli;

import dev.headway.cli.job.Interrupt;
import dev.headway.cli.option.StandardStreams;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The {@code headway} command: a face over its subcommands. */
@Command(
    name = "headway",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    addMethodSubcommands = false,
    synopsisSubcommandLabel = "COMMAND",
    header = {
      "Runs a lot of work as fast as a limit allows, and never faster.",
      "",
      "  headway demo",
      "  headway fetch --rate 40/s urls.txt > results.jsonl",
      "  headway exec --rate 10/m -- convert {} {.}.png < photos.txt",
      "  headway plan --rate 40/s urls.txt"
    },
    description = "Every command says with --help how it is used.")
public final class Main implements Callable<Integer> {

  private static final Set<String> ASKS_FOR_VERSION = Set.of("--version", "-V");

  private static final String WINDOWS =
      "headway: Windows is not supported: commands are run by a POSIX shell. Run headway in WSL.";

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /** Made by picocli. */
  public Main() {}

  /** Runs the command and ends the JVM with its exit status. */
  public static void main(String[] arguments) {
    StandardStreams streams = StandardStreams.ofProcess();
    prepare();
    if (arguments.length == 1 && ASKS_FOR_VERSION.contains(arguments[0])) {
      // Said without the options, which take longer to set up than the JVM does to start.
      System.out.println(String.join(System.lineSeparator(), new Version().getVersion()));
      end(ExitCode.OK, streams);
    }
    if (System.getProperty("os.name").startsWith("Windows")) {
      System.err.println(WINDOWS);
      end(ExitCode.USAGE, streams);
    }
    if (arguments.length > 0 && arguments[0].equals("fetch")) {
      loadTrustAhead();
    }
    end(commands(streams).meantBy(arguments).execute(arguments), streams);
  }

  /**
   * Ends the JVM. What has not been interrupted has closed all that it used, and ends at once: an
   * orderly exit would first look for a log to write that in, which takes as long as the JVM takes
   * to start.
   */
  private static void end(int status, StandardStreams streams) {
    if (status == ExitCode.OK && streams.hasLostOutput()) {
      System.err.println("headway: " + StandardStreams.lostOutput());
      Runtime.getRuntime().halt(ExitCode.USAGE);
    }
    if (status == Interrupt.STATUS) {
      System.exit(status);
    }
    Runtime.getRuntime().halt(status);
  }

  /** Sets what holds for the whole JVM. */
  static void prepare() {
    // The JDK's client must not send anything again by itself: each request takes a permit.
    System.setProperty("jdk.httpclient.redirects.retrylimit", "1");
    System.setProperty("jdk.httpclient.disableRetryConnect", "true");
    // Proxies for https may ask for Basic credentials, which the JDK's client sends them if they
    // may.
    System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
    // The options need no Groovy and no SQL, and to look for them takes time.
    System.setProperty("picocli.disable.closures", "true");
    System.setProperty("picocli.converters.excludes", "java.sql.*");
    System.setProperty("picocli.ansi", Colours.wanted(System.getenv()) ? "tty" : "false");
  }

  /** Every client loads the machine's trusted certificates: begins while options are read. */
  static void loadTrustAhead() {
    Thread.ofPlatform().daemon().name("headway-trust").start(Main::loadTrust);
  }

  private static void loadTrust() {
    try {
      SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      System.err.println("headway: there will be no https here: " + e.getMessage());
    }
  }

  private static Commands commands(StandardStreams streams) {
    return new Commands(streams.input(), streams.output(), streams.error());
  }

  /** The command with all its subcommands, ready to be executed. */
  public static CommandLine commandLine() {
    return commandLine(
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
    return new Commands(standardInput, standardOutput, standardError).all();
  }

  /** Without a command, says which there are. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr(), Ansi.OFF);
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
        "headway " + version,
        "Java "
            + System.getProperty("java.runtime.version")
            + " on "
            + System.getProperty("os.name")
      };
    }
  }
}
