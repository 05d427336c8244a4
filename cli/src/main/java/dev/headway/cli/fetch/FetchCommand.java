package dev.headway.cli.fetch;

import dev.headway.cli.job.Job;
import dev.headway.cli.job.JobSettings;
import dev.headway.cli.job.RequestQueue;
import dev.headway.cli.job.SharedUri;
import dev.headway.cli.job.SharingModule;
import dev.headway.cli.job.Source;
import dev.headway.cli.option.ConnectionOptions;
import dev.headway.cli.option.FetchOutputOptions;
import dev.headway.cli.option.FetchRetryOptions;
import dev.headway.cli.option.FetchSharingOptions;
import dev.headway.cli.option.FileArguments;
import dev.headway.cli.option.HelpOption;
import dev.headway.cli.option.InputOptions;
import dev.headway.cli.option.RequestLimits;
import dev.headway.cli.option.RequestOptions;
import dev.headway.cli.option.UsageException;
import dev.headway.cli.option.WatchOptions;
import dev.headway.cli.request.Line;
import dev.headway.cli.request.LineFormat;
import dev.headway.cli.request.ReadAhead;
import dev.headway.cli.request.Request;
import dev.headway.cli.request.RequestDefaults;
import dev.headway.cli.request.RequestReader;
import dev.headway.cli.request.Secrets;
import dev.headway.http.LimitedHttpClient;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleListener;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code headway fetch}: sends the requests in a file within limits, and writes a line for each.
 */
@Command(
    name = "fetch",
    addMethodSubcommands = false,
    sortOptions = false,
    abbreviateSynopsis = true,
    header = {
      "Sends the requests in a file within limits.",
      "",
      "  headway fetch --rate 100/m urls.txt > results.jsonl",
      "  headway fetch --csv people.csv --url 'https://example.com/{id}' > out.jsonl",
      "  headway fetch -X POST -d '{\"name\": \"{}\"}' --url https://example.com/ names.txt",
      "  headway fetch https://example.com/",
      "  headway fetch --shared redis://host --queue people --output a.jsonl"
    },
    description = {
      "A line of FILE is a URL, or a JSON object with url and, if wanted, id, method, headers, body"
          + " and cost:",
      "",
      "  https://api.example.com/users/1",
      "  {\"id\": 7, \"url\": \"https://api.example.com/users\", \"body\": {\"name\": \"Ada\"}}",
      "",
      "Blank lines and lines that begin with # are skipped.",
      "",
      "Writes one JSON line for each request to standard output: id, url, status, attempts,"
          + " startedAt, waitedMs, tookMs, error if it failed, requestHash, headers, and body, or"
          + " bodyBase64 if that is not text.",
      "Keeps within the limits that servers announce, too: Retry-After, RateLimit, X-RateLimit and"
          + " the fields of many vendors."
    },
    footerHeading = "%nExit status:%n",
    footer = {
      "0 all succeeded, 1 some failed, 2 wrong usage, 75 stopped early and can be resumed, 130"
          + " interrupted."
    })
public final class FetchCommand extends HelpOption implements Callable<Integer> {

  private static final String NAME = "fetch";

  /** How many requests may be taken of a queue that have not started. */
  private static final int QUEUE_LOOK_AHEAD = 32;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "The requests, - for standard input, or one URL.")
  private @Nullable Path argument;

  @ArgGroup(validate = false, order = 1, heading = "%nInput:%n")
  private InputOptions input = new InputOptions();

  @ArgGroup(validate = false, order = 2, heading = "%nRequests:%n")
  private RequestOptions requests = new RequestOptions();

  @ArgGroup(validate = false, order = 3, heading = "%nConnections:%n")
  private ConnectionOptions connections = new ConnectionOptions();

  @ArgGroup(validate = false, order = 4, heading = "%nLimits:%n")
  private RequestLimits limits = new RequestLimits();

  @ArgGroup(validate = false, order = 5, heading = "%nRetries:%n")
  private FetchRetryOptions retries = new FetchRetryOptions();

  @ArgGroup(validate = false, order = 6, heading = "%nOutput:%n")
  private FetchOutputOptions output = new FetchOutputOptions();

  @ArgGroup(validate = false, order = 7, heading = "%nSharing:%n")
  private FetchSharingOptions sharing = new FetchSharingOptions();

  @ArgGroup(validate = false, order = 8, heading = "%nWatching:%n")
  private WatchOptions watch = new WatchOptions();

  private final InputStream standardInput;
  private final OutputStream standardOutput;

  /**
   * The command.
   *
   * @param standardInput where requests come from if the file is -
   * @param standardOutput where results go if no file is named; it throws when it is closed at the
   *     other end
   */
  public FetchCommand(InputStream standardInput, OutputStream standardOutput) {
    this.standardInput = standardInput;
    this.standardOutput = standardOutput;
  }

  @Override
  public Integer call() throws IOException {
    Secrets secrets = new Secrets(System.getenv());
    Optional<SharedUri> shared =
        sharing.queue().isPresent()
            ? SharedUri.of(sharing.shared(), secrets)
            : SharedUri.ofLimits(sharing.shared(), limits, secrets);
    RequestReader reader = reader(secrets);
    connections.proxy().filter(Secrets::hasPlainPassword).ifPresent(url -> warn("--proxy"));
    sharing.shared().filter(Secrets::hasPlainPassword).ifPresent(url -> warn("--shared"));
    if (shared.isPresent()) {
      limits.share();
    }
    limits.throttle(NAME);
    output.maxBody();
    output.check();
    watch.live();
    Client client = Client.of(limits, retries, connections, output.decodes(), secrets);
    return sharing.queue().isPresent()
        ? work(sharing.queue().get(), shared, reader, client)
        : fetch(shared, reader, client);
  }

  private int fetch(Optional<SharedUri> shared, RequestReader reader, Client client)
      throws IOException {
    Path from = url().isPresent() ? FileArguments.STANDARD : input.input(argument);
    InputStream none = InputStream.nullInputStream();
    try (InputStream lines = url().isPresent() ? none : FileArguments.open(from, standardInput);
        Job job = new Job(settings(from, shared, sharing.sharedName(NAME), client))) {
      return run(job, Optional.empty(), lines, reader, client);
    }
  }

  /** Works on a queue, together with others. */
  private int work(String queue, Optional<SharedUri> shared, RequestReader reader, Client client)
      throws IOException {
    if (argument != null || input.areGiven()) {
      throw new UsageException(
          "with --queue, requests come from the queue: headway enqueue puts them there");
    }
    QueueSink.check(output);
    // Where each host has its own limit, those of a busy one must not be in the way of others.
    int ahead = limits.perHost().isEmpty() ? QUEUE_LOOK_AHEAD : RequestLimits.LOOK_AHEAD;
    JobSettings settings =
        settings(
            FileArguments.STANDARD,
            shared.filter(uri -> limits.limits()),
            sharing.sharedName("queue " + queue),
            client);
    Optional<RequestQueue> joined = SharingModule.require().join(shared, queue, ahead);
    if (joined.isEmpty()) {
      say("there is nothing in the queue \"" + queue + "\": headway enqueue fills it");
      return 0;
    }
    try (RequestQueue requests = joined.get();
        Job job = new Job(settings)) {
      job.display().remark(requests.size() + " requests are in the queue \"" + queue + "\"");
      return run(job, joined, InputStream.nullInputStream(), reader, client);
    }
  }

  private void say(String text) {
    if (!output.quiet()) {
      spec.commandLine().getErr().println("headway: " + text);
    }
  }

  private JobSettings settings(
      Path from, Optional<SharedUri> shared, String sharedName, Client client) {
    return new JobSettings(
        NAME,
        "fetching",
        "result",
        true,
        from,
        standardOutput,
        false,
        spec.commandLine().getErr(),
        limits,
        retries,
        output,
        watch,
        shared,
        sharedName,
        client.secrets()::hideHost);
  }

  private int run(
      Job job, Optional<RequestQueue> queue, InputStream input, RequestReader reader, Client client)
      throws IOException {
    Secrets secrets = client.secrets();
    ServerPauses pauses =
        new ServerPauses(
            retries.maxRefused(), retries.maxWait(), secrets::hideHost, secrets::hide, job);
    ResponseBodies bodies = ResponseBodies.of(output, retries);
    ThrottleListener none = event -> {};
    Throttle throttle = job.throttle(queue.isPresent() ? queue.get() : none);
    ResultWriter writer = new ResultWriter(job.file().stream(), output.headers(), secrets);
    try (LimitedHttpClient http = client.open(throttle, job.file().earlierStarts(), pauses);
        ReadAhead lines = format().read(input)) {
      Fetcher fetcher = new Fetcher(http, client, bodies, requests.settled(), pauses);
      if (queue.isEmpty()) {
        return job.run(source(lines, reader), fetcher::fetch, writer, UnaryOperator.identity());
      }
      queue.get().writesTo(new QueueResults(job.file(), reader), job.display());
      return job.run(
          Source.ofAll(reader.readAll(queue.get().requests())),
          queue.get().taking(fetcher::fetch),
          new QueueSink<>(queue.get(), job.display(), Request::line, writer),
          UnaryOperator.identity());
    }
  }

  private Source<Request> source(ReadAhead lines, RequestReader reader) {
    if (url().isPresent()) {
      return new Source<>(
          reader.readAll(Optional.of(Line.of(1, "")).stream().iterator()),
          ResultWriter.IDENTITY,
          Optional.empty());
    }
    Path from = input.input(argument);
    return new Source<>(
        reader.readAll(lines),
        ResultWriter.IDENTITY,
        Files.isRegularFile(from) ? Optional.of(() -> format().count(from)) : Optional.empty());
  }

  private LineFormat format() {
    return LineFormat.of(input, Line::asks);
  }

  /** The one URL to fetch, if the argument is one. As a path it would lose a slash. */
  private Optional<String> url() {
    return spec.commandLine().getParseResult().matchedPositionals().stream()
        .flatMap(given -> given.originalStringValues().stream())
        .filter(text -> text.matches("(?i)https?://.*"))
        .findFirst();
  }

  private RequestReader reader(Secrets secrets) {
    requests.check(limits.budgets());
    try {
      RequestDefaults defaults =
          RequestDefaults.of(input, url(), requests, secrets, name -> warn("--header " + name));
      return new RequestReader(
          retries.headTimeout(), connections.http2(), limits.budgets(), defaults);
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }

  private void warn(String option) {
    say(
        "the value of "
            + option
            + " is in the list of processes, for all to see: use ${NAME}"
            + (option.startsWith("--header") ? " or --header-file" : ""));
  }
}
