package dev.headway.cli.queue;

import dev.headway.cli.job.Interrupt;
import dev.headway.cli.job.SharedUri;
import dev.headway.cli.option.FileArguments;
import dev.headway.cli.option.HelpOption;
import dev.headway.cli.option.InputOptions;
import dev.headway.cli.option.UsageException;
import dev.headway.cli.request.Line;
import dev.headway.cli.request.LineFormat;
import dev.headway.cli.request.ReadAhead;
import dev.headway.cli.request.RequestDefaults;
import dev.headway.cli.request.Secrets;
import dev.headway.cli.text.FileErrors;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code headway enqueue}: puts the requests in a file into a queue, for many to fetch. */
@Command(
    name = "enqueue",
    addMethodSubcommands = false,
    sortOptions = false,
    abbreviateSynopsis = true,
    header = {
      "Puts the requests in a file into a queue, for many to fetch.",
      "",
      "  headway enqueue --shared redis://host --queue people urls.txt",
      "  headway fetch --shared redis://host --queue people --output a.jsonl"
    },
    description = {
      "The queue is in Redis 6.2 or later, or Valkey. It is there whole or not at all, and goes"
          + " when it is worked off: by headway fetch, on as many machines as need be."
    },
    footerHeading = "%n",
    footer = {
      "Lines are as for headway fetch. Redis keeps what they say, so what only those who fetch"
          + " should know, such as an Authorization, is for the --header of fetch.",
      "",
      "Exit status: 0 all are in the queue, 1 none is, 2 wrong usage, 130 interrupted."
    })
public final class EnqueueCommand extends HelpOption implements Callable<Integer> {

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "The requests, or - for standard input.")
  private @Nullable Path file;

  @ArgGroup(validate = false, order = 1, heading = "%nInput:%n")
  private InputOptions input = new InputOptions();

  @ArgGroup(validate = false, order = 2, heading = "%nSharing:%n")
  private EnqueueOptions sharing = new EnqueueOptions();

  private final InputStream standardInput;

  /**
   * The command.
   *
   * @param standardInput where requests come from if the file is -
   */
  public EnqueueCommand(InputStream standardInput) {
    this.standardInput = standardInput;
  }

  @Override
  public Integer call() throws IOException {
    Path from = input.input(file);
    Secrets secrets = new Secrets(System.getenv());
    QueueName name = sharing.queue();
    StoreUri uri = StoreUri.redis(SharedUri.of(sharing.shared(), secrets));
    try (InputStream lines = FileArguments.open(from, standardInput)) {
      return enqueue(uri, name, lines, RequestDefaults.completing(input, secrets));
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }

  private int enqueue(
      StoreUri uri, QueueName name, InputStream lines, UnaryOperator<Line> completing)
      throws IOException {
    Thread here = Thread.currentThread();
    // Closed last, so that nothing of it is left when the JVM ends.
    try (Interrupt interrupt = Interrupt.stops(here::interrupt);
        Filling filling = Filling.begin(uri, name);
        ReadAhead requests = LineFormat.of(input).read(lines)) {
      try {
        refuseUnlessDone(sharing.replace() ? 0 : filling.left());
        while (requests.hasNext() && !interrupt.hasCome()) {
          filling.add(completing.apply(requests.next()));
        }
        if (interrupt.hasCome()) {
          return Interrupt.STATUS;
        }
        if (filling.count() == 0) {
          throw new UsageException("there is no request in the input");
        }
        refuseUnlessDone(filling.publish(sharing.replace()));
      } catch (IOException | UncheckedIOException e) {
        if (interrupt.hasCome()) {
          return Interrupt.STATUS;
        }
        throw new IOException(
            "nothing was put into the queue "
                + name
                + ": "
                + FileErrors.reason(
                    e instanceof UncheckedIOException && e.getCause() != null ? e.getCause() : e),
            e);
      }
      say(filling.count() + " requests are in the queue " + name);
      return 0;
    }
  }

  private void refuseUnlessDone(long left) throws IOException {
    if (left > 0) {
      throw new IOException(
          "there is one of that name already, with "
              + left
              + " requests that are not done. Have headway fetch work it off, take another name, or"
              + " --replace it");
    }
  }

  private void say(String text) {
    spec.commandLine().getErr().println("headway: " + text);
  }
}
