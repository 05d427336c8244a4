package dev.headway.cli.fetch;

import dev.headway.cli.job.Job;
import dev.headway.cli.job.JobSettings;
import dev.headway.cli.job.RequestQueue;
import dev.headway.cli.job.SharedUri;
import dev.headway.cli.job.SharingModule;
import dev.headway.cli.model.TokenMeter;
import dev.headway.cli.option.ConnectionOptions;
import dev.headway.cli.option.FetchOutputOptions;
import dev.headway.cli.option.FetchRetryOptions;
import dev.headway.cli.option.FetchSharingOptions;
import dev.headway.cli.option.FileArguments;
import dev.headway.cli.option.HelpOption;
import dev.headway.cli.option.InputOptions;
import dev.headway.cli.option.ModelOptions;
import dev.headway.cli.option.PageOptions;
import dev.headway.cli.option.RequestLimits;
import dev.headway.cli.option.RequestOptions;
import dev.headway.cli.option.RunOptions;
import dev.headway.cli.option.StandardStreams;
import dev.headway.cli.option.UsageException;
import dev.headway.cli.option.WatchOptions;
import dev.headway.cli.request.PlainPassword;
import dev.headway.cli.request.RequestDefaults;
import dev.headway.cli.request.RequestReader;
import dev.headway.cli.request.Secrets;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
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
      "  headway fetch --preset openai --rate 500/m prompts.jsonl > answers.jsonl",
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

  @ArgGroup(validate = false, order = 3, heading = "%nLanguage models:%n")
  private ModelOptions models = new ModelOptions();

  @ArgGroup(validate = false, order = 4, heading = "%nConnections:%n")
  private ConnectionOptions connections = new ConnectionOptions();

  @ArgGroup(validate = false, order = 5, heading = "%nLimits:%n")
  private RequestLimits limits = new RequestLimits();

  @ArgGroup(validate = false, order = 6, heading = "%nRetries:%n")
  private FetchRetryOptions retries = new FetchRetryOptions();

  @ArgGroup(validate = false, order = 7, heading = "%nOutput:%n")
  private FetchOutputOptions output = new FetchOutputOptions();

  @ArgGroup(validate = false, order = 8, heading = "%nPages:%n")
  private PageOptions pages = new PageOptions();

  @ArgGroup(validate = false, order = 9, heading = "%nRun:%n")
  private RunOptions runs = new RunOptions();

  @ArgGroup(validate = false, order = 10, heading = "%nSharing:%n")
  private FetchSharingOptions sharing = new FetchSharingOptions();

  @ArgGroup(validate = false, order = 11, heading = "%nWatching:%n")
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
    Secrets secrets = new Secrets(System.getenv(), runs.dryRun());
    Optional<Duration> longest = runs.longest(ZonedDateTime.now(ZoneId.systemDefault()));
    Optional<SharedUri> shared =
        sharing.queue().isPresent()
            ? SharedUri.of(sharing.shared(), secrets)
            : SharedUri.ofLimits(sharing.shared(), limits, secrets);
    Optional<TokenMeter> meter = models.meter(limits, requests);
    RequestReader reader = reader(secrets, meter);
    OptionalDouble maxSpend = runs.maxSpend(models.price().isPresent());
    connections.proxy().filter(PlainPassword::isIn).ifPresent(url -> warn("--proxy", ""));
    sharing.shared().filter(PlainPassword::isIn).ifPresent(url -> warn("--shared", ""));
    if (shared.isPresent()) {
      limits.share();
    }
    limits.throttle(NAME);
    output.maxBody();
    output.check();
    output.checkSelections(ResultFields.OWN);
    watch.live();
    Client client =
        Client.of(
            limits,
            retries,
            connections,
            output.decodes(),
            keys(secrets),
            models.preset(),
            secrets);
    int mostPages = pages.most(output);
    Optional<Pages> next = pages.next().map(where -> new Pages(where, mostPages));
    if (next.isPresent() && meter.isPresent()) {
      throw new UsageException("--preset is for calls of language models, which have no pages");
    }
    Optional<String> tokens = requests.tokenCommand().filter(command -> !runs.dryRun());
    FetchRun run =
        new FetchRun(
            client,
            reader,
            output,
            requests.settled(),
            TokenCommand.of(tokens, secrets),
            next,
            longest,
            meter,
            models.price(),
            maxSpend);
    if (runs.dryRun()) {
      return print(run);
    }
    return sharing.queue().isPresent()
        ? work(sharing.queue().get(), shared, run)
        : fetch(shared, run);
  }

  private int fetch(Optional<SharedUri> shared, FetchRun run) throws IOException {
    try (FetchInput lines = open(run);
        Job job = new Job(settings(lines.from(), shared, sharing.sharedName(NAME), run.client()))) {
      return run.send(job, Optional.empty(), lines);
    }
  }

  /** Prints requests rather than send them. */
  private int print(FetchRun run) throws IOException {
    if (sharing.queue().isPresent()) {
      throw new UsageException("--dry-run is not for a --queue: enqueue has read its requests");
    }
    OutputStream to = StandardStreams.open(standardOutput);
    try (FetchInput lines = open(run)) {
      return run.print(lines, to);
    }
  }

  private FetchInput open(FetchRun run) throws IOException {
    return FetchInput.open(input, argument, url(), run.reader(), standardInput);
  }

  /** Works on a queue, together with others. */
  private int work(String queue, Optional<SharedUri> shared, FetchRun run) throws IOException {
    if (argument != null || input.areGiven()) {
      throw new UsageException(
          "with --queue, requests come from the queue: headway enqueue puts them there");
    }
    QueueSink.check(output);
    if (run.maxSpend().isPresent()) {
      throw new UsageException("--max-spend is not for a --queue, which others work on, too");
    }
    // Where each host has its own limit, those of a busy one must not be in the way of others.
    int ahead = limits.perHost().isEmpty() ? QUEUE_LOOK_AHEAD : RequestLimits.LOOK_AHEAD;
    JobSettings settings =
        settings(
            FileArguments.STANDARD,
            shared.filter(uri -> limits.limits()),
            sharing.sharedName("queue " + queue),
            run.client());
    Optional<RequestQueue> joined = SharingModule.require().join(shared, queue, ahead);
    if (joined.isEmpty()) {
      say("there is nothing in the queue \"" + queue + "\": headway enqueue fills it");
      return 0;
    }
    try (RequestQueue requests = joined.get();
        FetchInput none = FetchInput.none();
        Job job = new Job(settings)) {
      job.display().remark(requests.size() + " requests are in the queue \"" + queue + "\"");
      return run.send(job, joined, none);
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

  /** The one URL to fetch, if the argument is one. As a path it would lose a slash. */
  private Optional<String> url() {
    return spec.commandLine().getParseResult().matchedPositionals().stream()
        .flatMap(given -> given.originalStringValues().stream())
        .filter(text -> text.matches("(?i)https?://.*"))
        .findFirst();
  }

  private RequestReader reader(Secrets secrets, Optional<TokenMeter> meter) {
    requests.check(limits.budgets());
    requests.unmeasured(limits.budgets()).stream()
        .filter(budget -> !models.measures(budget))
        .forEach(budget ->
            say(
                "nothing says what requests take of the budget "
                    + budget
                    + ", so it limits only lines with a cost of their own: give --cost "
                    + budget
                    + "=/POINTER or --settle"));
    try {
      if (sharing.queue().isEmpty()) {
        models.preset().ifPresent(preset -> input.use(preset, url().isPresent()));
      }
      RequestDefaults plain = RequestDefaults.of(input, url(), requests, secrets, this::warn);
      RequestDefaults defaults =
          meter.isEmpty()
              ? plain
              : plain.calling(
                  models.preset().orElseThrow(), meter.get(), requests.authorizes(), secrets);
      return new RequestReader(
          retries.headTimeout(), connections.http2(), limits.budgets(), defaults);
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }

  private KeyRotation keys(Secrets secrets) {
    try {
      return KeyRotation.of(requests.rotated(), secrets, this::warn);
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }

  private void warn(String header) {
    warn("--header " + header, " or --header-file");
  }

  private void warn(String option, String instead) {
    say(
        "the value of %s is in the list of processes, for all to see: use ${NAME}%s"
            .formatted(option, instead));
  }
}
