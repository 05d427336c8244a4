package dev.headway.cli.queue;

import dev.headway.cli.Faults;
import dev.headway.cli.FileArguments;
import dev.headway.cli.Interrupt;
import dev.headway.cli.StandardStreams;
import dev.headway.cli.fetch.RequestInput;
import dev.headway.cli.fetch.Secrets;
import dev.headway.cli.lines.Asking;
import dev.headway.cli.lines.Line;
import dev.headway.cli.lines.ReadAhead;
import dev.headway.cli.shared.SharedOptions;
import dev.headway.cli.shared.SharedUri;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code headway enqueue}: puts the requests in a file into a queue, for many to fetch. */
@Command(
    name = "enqueue",
    mixinStandardHelpOptions = true,
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
    footerHeading = "%nInput:%n",
    footer = {
      "Lines are as for headway fetch. Redis keeps what they say, so what only those who fetch"
          + " should know, such as an Authorization, is for the --header of fetch.",
      "",
      "Exit status: 0 all are in the queue, 1 none is, 2 wrong usage, 130 interrupted."
    })
public final class EnqueueCommand implements Callable<Integer> {

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "The requests, or - for standard input.")
  private @Nullable Path file;

  @Mixin private SharedOptions shared = new SharedOptions();

  @Option(
      names = "--queue",
      paramLabel = "NAME",
      required = true,
      description = "What the queue is called: any text.")
  private String queue = "";

  @Option(
      names = "--replace",
      description = "Drop what is not done of a queue of that name, rather than refuse.")
  private boolean replace;

  @Mixin private RequestInput requests = new RequestInput();

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
    Path from = input();
    QueueName name;
    SharedUri uri;
    UnaryOperator<Line> completing;
    try {
      name = new QueueName(queue);
      uri = SharedUri.redis(shared.uri(new Secrets(System.getenv())));
      completing = requests.completing();
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
    if (from.toString().equals("-")) {
      return enqueue(
          uri, name, StandardStreams.open(standardInput, spec.commandLine()), completing);
    }
    try (InputStream input = new FileArguments(spec.commandLine()).open(from)) {
      return enqueue(uri, name, input, completing);
    }
  }

  private Path input() {
    Path given = requests.table().orElse(file);
    if (given == null || (file != null && requests.table().isPresent())) {
      throw wrong(
          (given == null ? "there is no input" : "both FILE and --csv are given")
              + ": give a FILE, - for standard input, or --csv FILE");
    }
    return given;
  }

  private int enqueue(
      SharedUri uri, QueueName name, InputStream input, UnaryOperator<Line> completing)
      throws IOException {
    Thread here = Thread.currentThread();
    // Closed last, so that nothing of it is left when the JVM ends.
    try (Interrupt interrupt = Interrupt.stops(here::interrupt);
        Filling filling = Filling.begin(uri, name);
        ReadAhead lines = new ReadAhead(requests.source(input))) {
      try {
        refuseUnlessDone(replace ? 0 : filling.left());
        Iterator<Line> asking = new Asking(lines, requests.asks());
        while (asking.hasNext() && !interrupt.hasCome()) {
          filling.add(completing.apply(asking.next()));
        }
        if (interrupt.hasCome()) {
          return Interrupt.STATUS;
        }
        if (filling.count() == 0) {
          throw wrong("there is no request in the input");
        }
        refuseUnlessDone(filling.publish(replace));
      } catch (IOException | UncheckedIOException e) {
        if (interrupt.hasCome()) {
          return Interrupt.STATUS;
        }
        throw new IOException(
            "nothing was put into the queue "
                + name
                + ": "
                + Faults.reason(
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

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
