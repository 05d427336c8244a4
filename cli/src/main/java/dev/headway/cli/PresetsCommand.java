package dev.headway.cli;

import dev.headway.cli.model.Presets;
import dev.headway.cli.option.HelpOption;
import dev.headway.cli.option.UsageException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code headway presets}: lists the presets of language models, or shows one. */
@Command(
    name = "presets",
    addMethodSubcommands = false,
    header = {
      "Lists the presets of language models, or shows one.",
      "",
      "  headway presets",
      "  headway presets openai > own.json"
    },
    description = {
      "A preset is a data file that says what a vendor's API looks like: addresses, headers, the"
          + " variable with the key, where tokens stand in requests and responses, and what"
          + " responses mean. fetch and plan take one with --preset NAME, or a file of your own"
          + " with --preset FILE.json."
    },
    footerHeading = "%nExit status:%n",
    footer = "0 it is shown, 2 there is none of that name.")
public final class PresetsCommand extends HelpOption implements Callable<Integer> {

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(
      paramLabel = "NAME",
      arity = "0..1",
      description = "The preset to show, or a file to check and show. Default: list all.")
  private @Nullable String name;

  /** Made by picocli. */
  public PresetsCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (name == null) {
      Presets.names()
          .forEach(each -> out.printf("%-11s %s%n", each, Presets.of(each).description()));
    } else {
      try {
        Presets.of(name);
        out.print(Presets.text(name));
      } catch (IllegalArgumentException e) {
        throw new UsageException(String.valueOf(e.getMessage()), e);
      }
    }
    out.flush();
    return 0;
  }
}
