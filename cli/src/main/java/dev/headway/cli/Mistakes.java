package dev.headway.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what went wrong in a line or two, neither with a page of help nor with a stack trace. */
final class Mistakes implements IParameterExceptionHandler, IExecutionExceptionHandler {

  @Override
  public int handleParseException(ParameterException mistake, String[] arguments) {
    CommandLine command = mistake.getCommandLine();
    CommandSpec spec = command.getCommandSpec();
    PrintWriter err = command.getErr();
    err.println(
        "headway: "
            + (mistake instanceof UnmatchedArgumentException unmatched
                ? unknown(unmatched.getUnmatched().getFirst(), spec)
                : mistake.getMessage()));
    err.println("Try '" + spec.qualifiedName() + " --help'.");
    err.flush();
    return ExitCode.USAGE;
  }

  private static String unknown(String typed, CommandSpec spec) {
    if (typed.startsWith("-")) {
      String option = typed.replaceFirst("=.*", "");
      return "there is no option " + option + meant(option, spec.optionsMap().keySet());
    }
    return spec.subcommands().isEmpty()
        ? "\"" + typed + "\" is one argument too many"
        : "there is no command \"" + typed + "\"" + meant(typed, spec.subcommands().keySet());
  }

  private static String meant(String typed, Iterable<String> words) {
    Optional<String> nearest = Suggestion.nearest(typed, words);
    return nearest.map(word -> "; did you mean " + word + "?").orElse("");
  }

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
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
