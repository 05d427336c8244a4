package dev.headway.cli;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Writes the completion for fish, which picocli does not know: a line for each thing to complete.
 */
final class FishCompletion {

  private final String name;
  private final List<String> lines = new ArrayList<>();

  private FishCompletion(String name) {
    this.name = name;
  }

  /** The script that completes a command, its subcommands, their options and values. */
  static String of(String name, CommandLine command) {
    FishCompletion script = new FishCompletion(name);
    script.lines.add("# Completes " + name + " in fish.");
    script.options("__fish_use_subcommand", command);
    for (Map.Entry<String, CommandLine> subcommand : command.getSubcommands().entrySet()) {
      String description = subcommand.getValue().getCommandSpec().usageMessage().header()[0];
      script.add("__fish_use_subcommand", "-f -a " + subcommand.getKey(), description);
    }
    command
        .getSubcommands()
        .forEach((word, subcommand) -> {
          String condition = "__fish_seen_subcommand_from " + word;
          script.options(condition, subcommand);
          for (PositionalParamSpec parameter : subcommand.getCommandSpec().positionalParameters()) {
            if (parameter.completionCandidates() != null) {
              script.add(condition, "-f" + values(parameter), description(parameter));
            }
          }
        });
    return String.join("\n", script.lines) + "\n";
  }

  private void options(String condition, CommandLine command) {
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (!option.hidden()) {
        StringBuilder what = new StringBuilder();
        for (String word : option.names()) {
          what.append(word.startsWith("--") ? " -l " + word.substring(2) : " -s " + word.charAt(1));
        }
        if (option.arity().min() > 0) {
          what.append(isFile(option) ? " -r -F" : " -x");
        }
        add(condition, what.append(values(option)).substring(1), description(option));
      }
    }
  }

  private void add(String condition, String what, String description) {
    lines.add(
        String.join(
            " ", "complete -c", name, "-n", quoted(condition), what, "-d", quoted(description)));
  }

  private static boolean isFile(ArgSpec argument) {
    Class<?> type =
        argument.typeInfo().isMultiValue() ? argument.auxiliaryTypes()[0] : argument.type();
    return type == Path.class || type == File.class;
  }

  private static String values(ArgSpec argument) {
    Iterable<String> values = argument.completionCandidates();
    return values == null ? "" : " -a " + quoted(String.join(" ", values));
  }

  /** The first sentence of what help says about it. */
  private static String description(ArgSpec argument) {
    String text = Ansi.OFF.string(String.join(" ", argument.description()));
    int end = text.indexOf(". ");
    return end < 0 ? text : text.substring(0, end + 1);
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
