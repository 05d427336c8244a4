package dev.headway.cli;

import dev.headway.cli.option.HelpOption;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code headway completion}: prints what makes a shell complete the commands and options. */
@Command(
    name = "completion",
    addMethodSubcommands = false,
    header = {
      "Prints what makes a shell complete commands, options and files.",
      "",
      "  source <(headway completion bash)",
      "  source <(headway completion zsh)",
      "  headway completion fish > headway.fish"
    },
    description =
        "Put the line for bash or zsh in ~/.bashrc or ~/.zshrc, and headway.fish in "
            + "~/.config/fish/completions. It works for ./headway as well.")
final class CompletionCommand extends HelpOption implements Callable<Integer> {

  /** The shells that it can be printed for. */
  enum Shell {
    BASH,
    ZSH,
    FISH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  // One script serves bash and zsh: it asks which shell runs it.
  @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.")
  @SuppressWarnings({"NullAway.Init", "unused"})
  private Shell shell;

  private final Supplier<CommandLine> all;

  /** The command, which asks for all commands there are. */
  CompletionCommand(Supplier<CommandLine> all) {
    this.all = all;
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(
        shell == Shell.FISH
            ? FishCompletion.of("headway", all.get())
            : AutoComplete.bash("headway", all.get()));
    out.flush();
    return ExitCode.OK;
  }
}
