package dev.headway.cli;

import dev.headway.cli.exec.OtherTools;
import dev.headway.cli.option.UsageException;
import dev.headway.cli.text.Suggestion;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what went wrong in a line or two, neither with a page of help nor with a stack trace. */
final class ErrorHandler implements IParameterExceptionHandler, IExecutionExceptionHandler {

  private final Supplier<CommandLine> all;

  /** For any command; {@code all} makes headway with all of them, to look for what was meant. */
  ErrorHandler(Supplier<CommandLine> all) {
    this.all = all;
  }

  @Override
  public int handleParseException(ParameterException mistake, String[] arguments) {
    CommandLine command = mistake.getCommandLine();
    return wrongUsage(command, message(mistake, command.getCommandSpec()));
  }

  private static int wrongUsage(CommandLine command, String message) {
    PrintWriter err = command.getErr();
    err.println("headway: " + message);
    err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    err.flush();
    return ExitCode.USAGE;
  }

  private String message(ParameterException mistake, CommandSpec spec) {
    if (mistake instanceof UnmatchedArgumentException unmatched) {
      return unknown(unmatched.getUnmatched().getFirst(), spec);
    }
    ArgSpec argument = mistake.getArgSpec();
    String given = mistake.getValue();
    if (argument != null
        && given != null
        && argument.completionCandidates() != null
        && given.matches("\\w*")) {
      return notOneOf(words(argument), argument, given);
    }
    if (argument == null && given != null) {
      // What headway help says of a command that there is not.
      return unknown(given, spec);
    }
    if (mistake instanceof MissingParameterException missing && !missing.getMissing().isEmpty()) {
      ArgSpec first = missing.getMissing().getFirst();
      return first.isPositional()
          ? "there is no " + first.paramLabel() + " to " + spec.name()
          : name(first) + " needs a value: " + first.paramLabel();
    }
    if (argument != null && mistake.getCause() instanceof TypeConversionException reason) {
      return name(argument) + ": " + reason.getMessage();
    }
    return String.valueOf(mistake.getMessage());
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }

  private static List<String> words(ArgSpec argument) {
    List<String> words = new ArrayList<>();
    argument.completionCandidates().forEach(words::add);
    return words;
  }

  /** The words as a list, such as {@code bash, zsh or fish}. */
  private static String listed(List<String> words) {
    int last = words.size() - 1;
    return last < 1
        ? String.join("", words)
        : String.join(", ", words.subList(0, last)) + " or " + words.get(last);
  }

  private static String notOneOf(List<String> words, ArgSpec argument, String given) {
    return name(argument)
        + ": \""
        + given
        + "\" is not "
        + listed(words)
        + meant(given.toLowerCase(Locale.ROOT), words);
  }

  private String unknown(String typed, CommandSpec spec) {
    if (typed.startsWith("-")) {
      String option = typed.replaceFirst("=.*", "");
      Optional<String> cure =
          spec.name().equals("exec") ? OtherTools.cure(option) : Optional.empty();
      if (cure.isPresent()) {
        return "there is no option " + option + ": " + cure.get();
      }
      List<String> others = commandsWith(option);
      return "there is no option "
          + option
          + (others.isEmpty()
              ? meant(option, spec.optionsMap().keySet())
              : "; it is one of " + String.join(" and ", others));
    }
    return spec.subcommands().isEmpty()
        ? "unexpected argument \"" + typed + "\": " + spec.name() + takes(spec)
        : "there is no command \"" + typed + "\"" + meant(typed, spec.subcommands().keySet());
  }

  private static String takes(CommandSpec spec) {
    return spec.positionalParameters().isEmpty()
        ? " takes none"
        : " takes one " + spec.positionalParameters().getFirst().paramLabel();
  }

  private List<String> commandsWith(String option) {
    return all.get().getSubcommands().values().stream()
        .map(CommandLine::getCommandSpec)
        .filter(spec -> spec.optionsMap().containsKey(option))
        .map(CommandSpec::qualifiedName)
        .toList();
  }

  private static String meant(String typed, Iterable<String> words) {
    Optional<String> nearest = Suggestion.nearest(typed, words);
    return nearest.map(word -> "; did you mean " + word + "?").orElse("");
  }

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
    if (failure instanceof UsageException) {
      return wrongUsage(command, String.valueOf(failure.getMessage()));
    }
    PrintWriter err = command.getErr();
    if (failure instanceof IOException) {
      err.println("headway: " + failure.getMessage());
    } else {
      err.println(
          "headway: this is a fault in headway itself. Please report it, with what follows:");
      failure.printStackTrace(err);
    }
    err.flush();
    return ExitCode.SOFTWARE;
  }
}
