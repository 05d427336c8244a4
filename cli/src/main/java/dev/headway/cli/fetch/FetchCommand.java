package dev.headway.cli.fetch;

import dev.headway.Headway;
import dev.headway.Outcome;
import dev.headway.Results;
import dev.headway.Retry;
import dev.headway.Throttle;
import dev.headway.cli.DurationConverter;
import dev.headway.cli.LimitOptions;
import dev.headway.cli.progress.Display;
import dev.headway.http.LimitedHttpClient;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
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

/** {@code headway fetch}: sends the requests in a file within limits, and writes a line for each. */
@Command(
    name = "fetch",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Sends the requests in FILE within the limits and writes one JSON line a request to standard"
          + " output: id, url, status, attempts, waitedMs, tookMs, and body or error.",
      "Keeps to what servers say of their limits, too: Retry-After, RateLimit and X-RateLimit"
          + " fields."
    },
    footerHeading = "%nA line of FILE is a URL, or a JSON object with url and, if wanted, id, method,"
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
      description = "Give up an attempt after so long. Default: ${DEFAULT-VALUE}.")
  private Duration timeout = Duration.ofSeconds(30);

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

  /** Made by picocli. */
  public FetchCommand() {}

  @Override
  public Integer call() throws IOException {
    Throttle throttle = throttle();
    RequestReader reader = new RequestReader(timeout, http2);
    Headway run = Headway.unthrottled().atOnce(limits.atOnce() + LOOK_AHEAD);
    try (LimitedHttpClient client = client(throttle);
        LineReader lines = new LineReader(open());
        ResultWriter writer = new ResultWriter(openOutput());
        Results<Line, Result> results =
            (ordered ? run.ordered() : run)
                .map(new Requests(lines), new Fetcher(client, reader)::fetch);
        Display display =
            Display.begin(System.err, quiet, "fetching, " + limits.describe());
        Interrupt interrupt = Interrupt.stops(results)) {
      countAhead(display);
      write(results, writer, display);
      display.end(interrupt.hasCome());
      return interrupt.hasCome() ? Interrupt.STATUS : display.failed() > 0 ? SOME_FAILED : 0;
    } catch (UncheckedIOException e) {
      throw new IOException("cannot read " + file + ": " + e.getMessage(), e);
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

  private InputStream open() {
    if (file.toString().equals("-")) {
      return System.in;
    }
    try {
      if (Files.isDirectory(file)) {
        throw new ParameterException(
            spec.commandLine(), "cannot read " + file + ": it is a directory, not a file");
      }
      return Files.newInputStream(file);
    } catch (NoSuchFileException e) {
      throw new ParameterException(
          spec.commandLine(), "cannot read " + file + ": there is no such file", e);
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(), "cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private OutputStream openOutput() {
    if (output == null) {
      return new BufferedOutputStream(new FileOutputStream(FileDescriptor.out));
    }
    try {
      return new BufferedOutputStream(Files.newOutputStream(output));
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(), "cannot write " + output + ": " + e, e);
    }
  }

  private static void write(Results<Line, Result> results, ResultWriter writer, Display display)
      throws IOException {
    for (Outcome<Line, Result> outcome : results.outcomes()) {
      if (outcome instanceof Outcome.Success<Line, Result> success) {
        writer.write(success.value());
        display.count(success.value().succeeded(), success.value().attempts());
      } else if (!Interrupt.ended(outcome)) {
        throw new IllegalStateException("a request was lost", failureOf(outcome));
      }
    }
  }

  private static @Nullable Throwable failureOf(Outcome<Line, Result> outcome) {
    return outcome instanceof Outcome.Failure<Line, Result> failure ? failure.exception() : null;
  }

  /** Counts what there is to do, where it can be read twice, for the display alone. */
  private void countAhead(Display display) {
    if (!quiet && Files.isRegularFile(file)) {
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  display.total(LineCounter.count(file));
                } catch (IOException e) {
                  display.totalUnknown(e);
                }
              });
    }
  }
}
