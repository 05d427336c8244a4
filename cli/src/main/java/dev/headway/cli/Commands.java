package dev.headway.cli;

import dev.headway.cli.exec.ExecCommand;
import dev.headway.cli.fetch.FetchCommand;
import dev.headway.cli.job.SharingModule;
import dev.headway.cli.plan.PlanCommand;
import dev.headway.cli.practice.DemoCommand;
import dev.headway.cli.practice.ServerCommand;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * The commands there are. To make one out of its annotations takes as long as the JVM takes to
 * start, so that only what may be meant is made.
 */
final class Commands {

  private static final String HELP = "help";

  private final Map<String, Supplier<CommandLine>> makers = new LinkedHashMap<>();

  /** The commands, on standard streams for their work. */
  Commands(InputStream input, OutputStream output, OutputStream error) {
    makers.put("fetch", () -> new CommandLine(new FetchCommand(input, output)));
    // What comes after the command to run is its own.
    makers.put(
        "exec",
        () -> new CommandLine(new ExecCommand(input, output, error)).setStopAtPositional(true));
    SharingModule.find()
        .ifPresent(
            module -> makers.put("enqueue", () -> new CommandLine(module.enqueueCommand(input))));
    makers.put("plan", () -> new CommandLine(new PlanCommand(input, output)));
    makers.put("server", () -> new CommandLine(new ServerCommand()));
    makers.put("demo", () -> new CommandLine(new DemoCommand()));
    makers.put("presets", () -> new CommandLine(new PresetsCommand()));
    makers.put("completion", () -> new CommandLine(new CompletionCommand(this::all)));
    makers.put(HELP, Commands::help);
  }

  /** The headway command with all of them. */
  CommandLine all() {
    return with(makers.keySet());
  }

  /** The headway command with what the arguments name, or with all where they name none. */
  CommandLine meantBy(String... arguments) {
    boolean named = arguments.length > 0 && makers.containsKey(arguments[0]);
    return named && !arguments[0].equals(HELP) ? with(List.of(arguments[0])) : all();
  }

  private CommandLine with(Collection<String> names) {
    ErrorHandler mistakes = new ErrorHandler(this::all);
    CommandLine headway = new CommandLine(new Main());
    makers.forEach((name, maker) -> {
      if (names.contains(name)) {
        headway.addSubcommand(name, maker.get());
      }
    });
    lay(headway);
    headway.getSubcommands().values().forEach(Commands::lay);
    return headway
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExpandAtFiles(false)
        .setParameterExceptionHandler(mistakes)
        .setExecutionExceptionHandler(mistakes);
  }

  /** Help begins with the header, which is what the command does and then examples. */
  private static void lay(CommandLine command) {
    UsageMessageSpec usage = command.getCommandSpec().usageMessage();
    usage.synopsisHeading("%nUsage: ");
    usage.descriptionHeading("%n");
    usage.parameterListHeading("%n");
    usage.commandListHeading("%nCommands:%n");
  }

  private static CommandLine help() {
    CommandLine help = new CommandLine(new HelpCommand());
    help.getCommandSpec()
        .usageMessage()
        .header("Says how a command is used.", "", "  headway help fetch")
        .description("The same as --help after it, or after headway if none is given.");
    return help;
  }
}
