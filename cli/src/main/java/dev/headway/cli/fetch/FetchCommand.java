package dev.headway.cli.fetch;

import dev.headway.Headway;
import dev.headway.InputException;
import dev.headway.Outcome;
import dev.headway.Results;
import dev.headway.Retry;
import dev.headway.Throttle;
import dev.headway.cli.DurationConverter;
import dev.headway.cli.LimitOptions;
import dev.headway.cli.progress.Display;
import dev.headway.http.LimitedHttpClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code headway fetch}: sends the requests in a file within limits, and writes a line for each.
 */
@Command(
    name = "fetch",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    header = "Sends the requests in a file within limits.",
    description = {
      "Writes one JSON line a request to standard output: id, url, status, attempts, waitedMs,"
          + " tookMs, and body, bodyBase64 if that is not text, or error.",
      "Keeps to what servers say of their limits, too: Retry-After, RateLimit and X-RateLimit"
          + " fields."
    },
    footerHeading =
        "%nA line of FILE is a URL, or a JSON object with url and, if wanted, id, method,"
            + " headers, body and cost:%n",
    footer = {
      "  https://api.example.com/users/1",
      "  {\"id\": 7, \"url\": \"https://api.example.com/users\", \"body\": {\"name\": \"Ada\"}}",
      "Blank lines, and lines that begin with #, are passed over.",
      "",
      "Exit status: 0 all succeeded, 1 some failed, 2 wrong usage, 130 interrupted."
    })
public final class FetchCommand implements Callable<Integer> {

  private static final int SOME_FAILED = 1;
  private static final int LARGEST_BODY_MIB = 1_024;

  /** How many requests may be looked at beyond those under way, so that no host holds up others. */
  private static final int LOOK_AHEAD = 256;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "The requests, or - for standard input.")
  @SuppressWarnings("NullAway.Init")
  private Path file;

  @Mixin private LimitOptions limits = new LimitOptions();

  @Option(
      names = "--retries",
      paramLabel = "N",
      defaultValue = "5",
      description = {
        "Try a request again so often that failed, or was answered 408, 425, 500, 502, 503 or 504."
            + " An answer that asks to slow down does not count.",
        "Default: ${DEFAULT-VALUE}."
      })
  private int retries;

  @Option(
      names = "--retry-any-method",
      description = "Try requests again too that might then be carried out twice, such as POST.")
  private boolean retryAnyMethod;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      defaultValue = "30s",
      description = {
        "Give up an attempt if its answer has not begun after so long, or its body not ended after"
            + " as long again.",
        "Default: ${DEFAULT-VALUE}."
      })
  private Duration timeout = Duration.ofSeconds(30);

  @Option(
      names = "--max-body",
      paramLabel = "MIB",
      defaultValue = "16",
      description = "Fail a request whose answer is longer, in MiB. Default: ${DEFAULT-VALUE}.")
  private int longestBodyMib;

  @Option(names = "--follow", description = "Follow redirects, but never from https to http.")
  private boolean follow;

  @Option(names = "--http2", description = "Ask for HTTP/2 without TLS, too.")
  private boolean http2;

  @Option(names = "--ordered", description = "Write results in the order of the input.")
  private boolean ordered;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Write results to a file, which is replaced, rather than to standard output.")
  private @Nullable Path output;

  @Option(names = "--quiet", description = "Say nothing on standard error but what went wrong.")
  private boolean quiet;

  private final InputStream standardInput;
  private final OutputStream standardOutput;

  /**
   * The command.
   *
   * @param standardInput where requests come from if the file is -
   * @param standardOutput where results go if nothing else is said; it throws when it is closed at
   *     the other end
   */
  public FetchCommand(InputStream standardInput, OutputStream standardOutput) {
    this.standardInput = standardInput;
    this.standardOutput = standardOutput;
  }

  @Override
  public Integer call() throws IOException {
    try (LimitedHttpClient client = client(throttle())) {
      if (file.toString().equals("-")) {
        return fetch(client, standardInput);
      }
      try (InputStream requests = openInput()) {
        return fetch(client, requests);
      }
    }
  }

  private int fetch(LimitedHttpClient client, InputStream requests) throws IOException {
    if (output == null) {
      return fetch(client, requests, standardOutput);
    }
    try (OutputStream results = openOutput(output)) {
      return fetch(client, requests, results);
    }
  }

  private int fetch(LimitedHttpClient client, InputStream requests, OutputStream output)
      throws IOException {
    Fetcher fetcher =
        new Fetcher(
            client, new RequestReader(timeout, http2, limits.budgets()), timeout, longestBodyMib);
    Headway unordered = Headway.unthrottled().atOnce(limits.atOnce() + LOOK_AHEAD);
    Headway run = ordered ? unordered.ordered() : unordered;
    PrintWriter messages = spec.commandLine().getErr();
    try (LineReader lines = new LineReader(requests);
        Results<Line, Result> results = run.map(new Requests(lines), fetcher::fetch);
        Display display = Display.begin(messages, quiet, "fetching, " + limits.describe());
        Interrupt interrupt = Interrupt.stops(results)) {
      countAhead(display);
      write(results, new ResultWriter(output), display);
      display.end(interrupt.hasCome());
      return interrupt.hasCome() ? Interrupt.STATUS : display.failed() > 0 ? SOME_FAILED : 0;
    }
  }

  private Throttle throttle() {
    try {
      return limits.throttle("fetch");
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private LimitedHttpClient client(Throttle throttle) {
    if (retries < 0) {
      throw new ParameterException(
          spec.commandLine(), "--retries must be at least 0, not " + retries);
    }
    if (longestBodyMib < 1 || longestBodyMib > LARGEST_BODY_MIB) {
      throw new ParameterException(
          spec.commandLine(),
          "--max-body must be from 1 to " + LARGEST_BODY_MIB + ", not " + longestBodyMib);
    }
    if (timeout.isZero()) {
      throw new ParameterException(spec.commandLine(), "--timeout must be longer than 0");
    }
    return LimitedHttpClient.builder()
        .client(HttpClient.newBuilder().connectTimeout(timeout))
        .throttle(throttle)
        .perHost((host, rules) -> limits.addPerHost(rules))
        .retry(Retry.upTo(retries).throttledUpTo(100))
        .retryAnyMethod(retryAnyMethod)
        .followRedirects(follow ? Redirect.NORMAL : Redirect.NEVER)
        .build();
  }

  private InputStream openInput() {
    try {
      if (Files.isDirectory(file)) {
        throw new FileSystemException(file.toString(), null, "it is a directory");
      }
      return Files.newInputStream(file);
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(), "cannot read \"" + file + "\": " + Faults.reason(e), e);
    }
  }

  private OutputStream openOutput(Path path) {
    try {
      if (Files.exists(path) && Files.isSameFile(path, file)) {
        throw new FileSystemException(path.toString(), null, "the requests are in it");
      }
      return Files.newOutputStream(path);
    } catch (NoSuchFileException e) {
      throw cannotWrite(path, "its folder does not exist");
    } catch (IOException e) {
      throw cannotWrite(path, Faults.reason(e));
    }
  }

  private ParameterException cannotWrite(Path path, String why) {
    return new ParameterException(spec.commandLine(), "cannot write \"" + path + "\": " + why);
  }

  /**
   * Writes results as they come.
   *
   * @throws IOException if they cannot be written, or, once what was under way is written, if the
   *     requests cannot be read on
   */
  private void write(Results<Line, Result> results, ResultWriter writer, Display display)
      throws IOException {
    try {
      writeAll(results, writer, display);
    } catch (InputException e) {
      writeAll(results, writer, display);
      display.end(false);
      throw new IOException(
          "cannot read on in \"" + file + "\": " + Faults.reason(Faults.underneath(e)), e);
    }
  }

  private void writeAll(Results<Line, Result> results, ResultWriter writer, Display display)
      throws IOException {
    for (Outcome<Line, Result> outcome : results.outcomes()) {
      if (outcome instanceof Outcome.Success<Line, Result> success) {
        write(success.value(), writer, display);
        display.count(success.value().succeeded(), success.value().attempts());
      } else if (!Interrupt.ended(outcome)) {
        throw new IllegalStateException("a request was lost", failureOf(outcome));
      }
    }
  }

  private static void write(Result result, ResultWriter writer, Display display)
      throws IOException {
    try {
      writer.write(result);
    } catch (IOException e) {
      long written = display.finished();
      throw new IOException(
          "stopped after "
              + written
              + (written == 1 ? " result" : " results")
              + ": they cannot be written ("
              + Faults.reason(e)
              + ")",
          e);
    }
  }

  private static @Nullable Throwable failureOf(Outcome<Line, Result> outcome) {
    return outcome instanceof Outcome.Failure<Line, Result> failure ? failure.exception() : null;
  }

  /** Counts what there is to do, where it can be read twice, for the display alone. */
  private void countAhead(Display display) {
    if (!quiet && Files.isRegularFile(file)) {
      Thread.ofVirtual()
          .start(() -> {
            try {
              display.total(LineCounter.count(file));
            } catch (IOException | UncheckedIOException e) {
              display.totalUnknown(e);
            }
          });
    }
  }
}
