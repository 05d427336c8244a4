package dev.headway.cli.fetch;

import dev.headway.Headway;
import dev.headway.Outcome;
import dev.headway.Retry;
import dev.headway.cli.DurationConverter;
import dev.headway.cli.FileArguments;
import dev.headway.cli.Listeners;
import dev.headway.cli.RequestLimits;
import dev.headway.cli.Session;
import dev.headway.cli.StandardStreams;
import dev.headway.cli.Watch;
import dev.headway.cli.lines.Asking;
import dev.headway.cli.lines.Line;
import dev.headway.cli.lines.LineCounter;
import dev.headway.cli.lines.ReadAhead;
import dev.headway.cli.progress.Display;
import dev.headway.cli.queue.WorkQueue;
import dev.headway.cli.resume.EarlierStarts;
import dev.headway.cli.resume.OutputOptions;
import dev.headway.cli.resume.ResultFile;
import dev.headway.cli.shared.SharedLimit;
import dev.headway.cli.shared.SharedOptions;
import dev.headway.cli.shared.SharedUri;
import dev.headway.distributed.SharedThrottleBuilder;
import dev.headway.http.LimitedHttpClient;
import dev.headway.limit.Pause;
import dev.headway.throttle.LimitsUpdate;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleBuilder;
import dev.headway.throttle.ThrottleListener;
import dev.headway.time.TimeSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
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
    addMethodSubcommands = false,
    sortOptions = false,
    abbreviateSynopsis = true,
    header = {
      "Sends the requests in a file within limits.",
      "",
      "  headway fetch --rate 100/m urls.txt > results.jsonl",
      "  headway fetch --csv people.csv --url 'https://example.com/{id}' > out.jsonl",
      "  headway fetch --shared redis://host --queue people --output a.jsonl"
    },
    description = {
      "Writes one JSON line a request to standard output: id, url, status, attempts, startedAt,"
          + " waitedMs, tookMs, and body, bodyBase64 if that is not text, or error.",
      "Keeps to what servers say of their limits, too: Retry-After, RateLimit and X-RateLimit"
          + " fields."
    },
    footerHeading = "%nInput:%n",
    footer = {
      "A line of FILE is a URL, or a JSON object with url and, if wanted, id, method, headers, body"
          + " and cost:",
      "",
      "  https://api.example.com/users/1",
      "  {\"id\": 7, \"url\": \"https://api.example.com/users\", \"body\": {\"name\": \"Ada\"}}",
      "",
      "Blank lines, and lines that begin with #, are passed over.",
      "",
      "Exit status: 0 all succeeded, 1 some failed, 2 wrong usage, 75 stopped early and can be"
          + " resumed, 130 interrupted."
    })
public final class FetchCommand implements Callable<Integer> {

  /** The throttle's. */
  private static final String NAME = "fetch";

  /** Where there is no file that is read. */
  private static final Path NO_INPUT = Path.of("-");

  private static final int USUAL_BODY_MIB = 16;
  private static final int LARGEST_BODY_MIB = 1_024;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "The requests, or - for standard input.")
  private @Nullable Path file;

  @Mixin private RequestOptions requests = new RequestOptions();

  @Mixin private RequestLimits limits = new RequestLimits();

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
      names = "--max-refused",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      defaultValue = "15m",
      description = {
        "Stop, so that the run can be resumed, when a host refuses every request for so long"
            + " without saying for how long. Waits that it asks for do not count.",
        "Default: ${DEFAULT-VALUE}."
      })
  private Duration maxRefused = Duration.ofMinutes(15);

  @Option(
      names = "--max-wait",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = {
        "Stop, so that the run can be resumed, when a server asks for a longer wait.",
        "Default: wait as long as it asks."
      })
  private @Nullable Duration maxWait;

  @Option(
      names = "--max-body",
      paramLabel = "MIB",
      description = {
        "Fail a request whose answer is longer, in MiB.",
        "Default: 16; with --bodies any length."
      })
  private @Nullable Integer longestBodyMib;

  @Option(
      names = "--bodies",
      paramLabel = "DIR",
      description = {
        "Write the body of each answer to a file of its own, called by the line's number and id,"
            + " and to the results where it is (bodyFile)."
      })
  private @Nullable Path bodyFolder;

  @Option(names = "--follow", description = "Follow redirects, but never from https to http.")
  private boolean follow;

  @Option(names = "--http2", description = "Ask for HTTP/2 without TLS, too.")
  private boolean http2;

  @Option(names = "--ordered", description = "Write results in the order of the input.")
  private boolean ordered;

  @Mixin private OutputOptions results = new OutputOptions();

  @Mixin private SharedOptions shared = new SharedOptions();

  @Option(
      names = "--queue",
      paramLabel = "NAME",
      description = {
        "Rather than a FILE: take requests from a queue in Redis (--shared) until it is worked off,"
            + " together with whoever else does so. headway enqueue fills it."
      })
  private @Nullable String queue;

  @Option(
      names = "--shared-name",
      paramLabel = "NAME",
      description = {
        "The name of the limits that are shared: they hold for all who share one of this name, and"
            + " the limits given last are everybody's. Default: fetch, or the --queue's."
      })
  private @Nullable String sharedName;

  @Option(names = "--quiet", description = "Say nothing on standard error but what went wrong.")
  private boolean quiet;

  @Mixin private Watch watch = new Watch();

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
    Secrets secrets = new Secrets(System.getenv());
    Optional<SharedUri> sharing = shared.uri(secrets);
    Optional<QueueSource> source = QueueSource.of(queue, sharing, this::wrong);
    if (sharing.isPresent() && source.isEmpty() && limits.longestPeriod().isZero()) {
      throw wrong(
          "--shared shares limits: give one with --rate, --spacing, --per-host or --budget, or a"
              + " --queue");
    }
    if (source.isPresent()) {
      return work(source.get(), secrets);
    }
    Path from = input();
    watch.check(from, results.file().orElse(null));
    checkNumbers();
    RequestReader reader = reader(secrets);
    if (from.toString().equals("-")) {
      return fetch(
          reader, StandardStreams.open(standardInput, spec.commandLine()), sharing, secrets);
    }
    try (InputStream lines = files().open(from)) {
      return fetch(reader, lines, sharing, secrets);
    }
  }

  /** Results are replaced only once all else is known to be in order. */
  private int fetch(
      RequestReader reader, InputStream lines, Optional<SharedUri> shares, Secrets secrets)
      throws IOException {
    Fetcher.Bodies bodies = bodies();
    Entrance entrance = new Entrance();
    ServerPauses pauses =
        new ServerPauses(maxRefused, Optional.ofNullable(maxWait), secrets::hideHost);
    try (SharedLimit sharing = SharedLimit.open(shares);
        ResultFile file =
            results.open(spec.commandLine(), input(), standardOutput, limits.longestPeriod());
        LimitedHttpClient client =
            client(
                throttle(file, Optional.of(entrance), sharing, secrets), file, pauses, secrets)) {
      Fetcher fetcher =
          new Fetcher(client, reader, timeout, bodies, requests.settled(), pauses, secrets);
      return fetch(fetcher, lines, file, entrance, pauses, secrets);
    }
  }

  /** Works off a queue, together with others. */
  private int work(QueueSource source, Secrets secrets) throws IOException {
    checkQueued();
    watch.check(results.file().orElse(null));
    checkNumbers();
    RequestReader reader = reader(secrets);
    String what = "fetching from the queue " + source.name() + ", " + limits.describe();
    try (Display display = Display.begin(spec.commandLine().getErr(), quiet, what)) {
      Optional<WorkQueue> joined = source.join(limits, display);
      if (joined.isEmpty()) {
        return 0;
      }
      try (WorkQueue work = joined.get()) {
        return work(work, source.uri(), reader, display, secrets);
      }
    }
  }

  private int work(
      WorkQueue work, SharedUri uri, RequestReader reader, Display display, Secrets secrets)
      throws IOException {
    Fetcher.Bodies bodies = bodies();
    Entrance entrance = new Entrance();
    ServerPauses pauses =
        new ServerPauses(maxRefused, Optional.ofNullable(maxWait), secrets::hideHost);
    try (SharedLimit sharing = SharedLimit.open(Optional.of(uri));
        ResultFile file =
            results.open(spec.commandLine(), NO_INPUT, standardOutput, limits.longestPeriod());
        LimitedHttpClient client =
            client(
                throttle(
                    file, Listeners.of(Optional.of(work), Optional.of(entrance)), sharing, secrets),
                file,
                pauses,
                secrets);
        Watch watched = watch(display)) {
      Fetcher fetcher =
          new Fetcher(client, reader, timeout, bodies, requests.settled(), pauses, secrets);
      ResultWriter writer = new ResultWriter(file.stream());
      work.writesTo(new QueueResults(file, line -> ResultWriter.key(fetcher.asks(line))));
      Session<Line, Result> session = new Session<>(display, watched, file, "result");
      pauses.show(display, session::stop);
      QueueSink<Result> sink =
          new QueueSink<>(work, display, outcome -> write(outcome, writer, secrets));
      return session.run(
          run(), entrance.items(work.requests()), entrance.task(work.taking(fetcher::fetch)), sink);
    }
  }

  /** What is done of a queue is not there any more, so that what is kept of it is precious. */
  private void checkQueued() {
    if (file != null || requests.table().isPresent() || requests.input().isGiven()) {
      throw wrong("with --queue, requests come from the queue: headway enqueue puts them there");
    }
    if (ordered) {
      throw wrong("--queue and --ordered contradict each other: others take requests in between");
    }
    if (results.retriesFailed()) {
      throw wrong("--retry-failed is not for a --queue: what failed is not in it any more");
    }
    results.check(spec.commandLine());
    Path to = results.file().orElse(NO_INPUT);
    if (!results.resumes() && Files.isRegularFile(to) && to.toFile().length() > 0) {
      throw wrong(
          "there are results in \""
              + to
              + "\", which nobody makes again with --queue: give --resume to add to them, or"
              + " another --output");
    }
  }

  private Fetcher.Bodies bodies() {
    long mib = bodyFolder == null ? USUAL_BODY_MIB : Long.MAX_VALUE >> 20;
    long longest = (longestBodyMib == null ? mib : longestBodyMib) << 20;
    return new Fetcher.Bodies(
        longest,
        Optional.ofNullable(bodyFolder).map(folder -> new BodyFiles(files().folder(folder))));
  }

  /** Where the requests, or what they are made with, come from. */
  private Path input() {
    Optional<Path> table = requests.table();
    if (file != null && table.isPresent()) {
      throw wrong("both FILE and --csv are given: the input is one of them");
    }
    Path given = table.orElse(file);
    if (given == null) {
      throw wrong("there is no input: give a FILE, - for standard input, or --csv FILE");
    }
    return given;
  }

  private RequestReader reader(Secrets secrets) {
    Headers headers = new Headers(secrets);
    try {
      Shape shape = requests.shape(headers, secrets, limits.currencies());
      if (!quiet) {
        headers.exposed().forEach(this::warn);
      }
      return new RequestReader(timeout, http2, limits.currencies(), shape);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private void warn(String header) {
    spec.commandLine()
        .getErr()
        .println(
            "headway: the value of --header "
                + header
                + " is in the list of processes, for all to see: use ${NAME} or --header-file");
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private int fetch(
      Fetcher fetcher,
      InputStream input,
      ResultFile file,
      Entrance entrance,
      ServerPauses pauses,
      Secrets secrets)
      throws IOException {
    PrintWriter messages = spec.commandLine().getErr();
    ResultWriter writer = new ResultWriter(file.stream());
    try (ReadAhead lines = new ReadAhead(requests.input().source(input));
        Display display = Display.begin(messages, quiet, "fetching, " + limits.describe());
        Watch watched = watch(display)) {
      Iterator<Line> left = unfinished(lines, fetcher, file, display, secrets);
      Session<Line, Result> session = new Session<>(display, watched, file, "result");
      countAhead(display);
      pauses.show(display, session::stop);
      return session.run(
          run(),
          entrance.items(left),
          entrance.task(fetcher::fetch),
          outcome -> write(outcome, writer, secrets));
    }
  }

  private static Iterator<Line> unfinished(
      ReadAhead lines, Fetcher fetcher, ResultFile file, Display display, Secrets secrets) {
    Iterator<Line> left =
        file.unfinished(
            new Asking(lines, Requests::asks),
            line -> ResultWriter.key(fetcher.asks(line)),
            display::countEarlier);
    // Results that were written when URLs were still searched for secrets are known by those URLs.
    return secrets.areNone()
        ? left
        : file.unfinished(
            left,
            line -> ResultWriter.keyBefore(fetcher.asks(line), secrets),
            display::countEarlier);
  }

  private Headway run() {
    Headway unordered =
        Headway.unthrottled().concurrency(limits.atOnce() + RequestLimits.LOOK_AHEAD);
    return ordered ? unordered.ordered() : unordered;
  }

  private Watch watch(Display display) {
    return watch.begin(
        "headway fetch", limits.describe(), limits.perHost(), limits.counted(), display);
  }

  private static Optional<Session.Told> write(
      Outcome<Line, Result> outcome, ResultWriter writer, Secrets secrets) throws IOException {
    if (outcome instanceof Outcome.Failure<Line, Result> failure) {
      throw new IllegalStateException("a request was lost", failure.exception());
    }
    Result result = outcome.value();
    writer.write(result);
    return Optional.of(
        new Session.Told(
            result.url().orElse(""),
            result.attempts(),
            result.error().map(why -> why + said(result, secrets)),
            Optional.empty()));
  }

  /** What the server said of a failure, without the secrets that it said back. */
  private static String said(Result result, Secrets secrets) {
    return result.said().map(text -> ": " + secrets.hide(text)).orElse("");
  }

  private FileArguments files() {
    return new FileArguments(spec.commandLine());
  }

  /** The one place where the throttle is made that all requests wait on. */
  private Throttle throttle(
      ResultFile file,
      Optional<? extends ThrottleListener> taking,
      @Nullable SharedLimit sharing,
      Secrets secrets) {
    Optional<ThrottleListener> listener =
        Listeners.of(Listeners.of(file.journal(), watch.listener()), taking)
            .map(heard -> new ShownNames(heard, secrets::hideHost));
    if (sharing == null) {
      ThrottleBuilder throttle = builder().past(file.earlierStarts().of(NAME));
      listener.ifPresent(throttle::listener);
      return watch.over(throttle.build());
    }
    builder();
    SharedThrottleBuilder throttle = limits.onto(sharing.begin(sharedName())).name(NAME);
    listener.ifPresent(throttle::listener);
    return watch.over(sharing.opened(throttle.build()));
  }

  private String sharedName() {
    return sharedName != null ? sharedName : queue == null ? NAME : "queue " + queue;
  }

  private ThrottleBuilder builder() {
    try {
      return limits.builder(NAME);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private void checkNumbers() {
    // So that what is wrong with the limits is told before anything is opened.
    builder();
    if (retries < 0) {
      throw wrong("--retries must be at least 0, not " + retries);
    }
    if (longestBodyMib != null && (longestBodyMib < 1 || longestBodyMib > LARGEST_BODY_MIB)) {
      throw wrong("--max-body must be from 1 to " + LARGEST_BODY_MIB + ", not " + longestBodyMib);
    }
    if (timeout.isZero()) {
      throw wrong("--timeout must be longer than 0");
    }
  }

  private LimitedHttpClient client(
      Throttle throttle, ResultFile file, ServerPauses pauses, Secrets secrets) {
    return LimitedHttpClient.builder()
        .client(
            HttpClient.newBuilder().connectTimeout(timeout).executor(Thread::startVirtualThread))
        .throttle(throttle)
        .perHost(
            (host, rules) -> limitHost(secrets.hideHost(host), rules, file.earlierStarts(), pauses))
        .retry(Retry.upTo(retries).throttledUpTo(100))
        .retryAnyMethod(retryAnyMethod)
        .timeoutPerAttempt()
        .maxRefused(maxRefused)
        .maxPause(maxWait == null ? Duration.ofSeconds(Long.MAX_VALUE) : maxWait)
        .onPause(pauses::begin)
        .followRedirects(follow ? Redirect.NORMAL : Redirect.NEVER)
        .build();
  }

  private void limitHost(
      String host, LimitsUpdate rules, EarlierStarts earlier, ServerPauses pauses) {
    String name = NAME + "/" + host;
    limits.perHost(rules);
    rules.past(earlier.of(name));
    Duration pause = earlier.pauseOf(name);
    if (pause.isPositive()) {
      Pause rest = new Pause();
      rest.extend(TimeSource.system().nanoTime() + pause.toNanos());
      rules.limit(rest);
      pauses.lasts(host, pause);
    }
  }

  /** Counts what there is to do, where it can be read twice, for the display alone. */
  private void countAhead(Display display) {
    Path counted = input();
    if ((!quiet || watch.watches()) && Files.isRegularFile(counted)) {
      display.totalOf(() -> LineCounter.count(counted, requests.input()::source, Requests::asks));
    }
  }
}
