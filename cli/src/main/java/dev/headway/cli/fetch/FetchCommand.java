package dev.headway.cli.fetch;

import dev.headway.cli.job.Job;
import dev.headway.cli.job.JobSettings;
import dev.headway.cli.job.RequestQueue;
import dev.headway.cli.job.SharedUri;
import dev.headway.cli.job.SharingModule;
import dev.headway.cli.option.FileArguments;
import dev.headway.cli.option.HelpOption;
import dev.headway.cli.option.RequestLimits;
import dev.headway.cli.option.StandardStreams;
import dev.headway.cli.option.UsageException;
import dev.headway.cli.request.Secrets;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
      "  headway fetch --first 10 --dry-run --base-url https://example.com urls.txt",
      "  headway fetch --next link --select /items --output-format csv urls.txt",
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
      "Other fields, such as custom_id, are carried to the result. Blank lines and lines that begin"
          + " with # are skipped.",
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

  static final String NAME = "fetch";

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

  @Mixin private FetchOptions options = new FetchOptions();

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
    if (options.sharing.queue().isPresent() && (argument != null || options.input.areGiven())) {
      throw new UsageException(
          "with --queue, requests come from the queue: headway enqueue puts them there");
    }
    Secrets secrets = new Secrets(System.getenv(), options.runs.dryRun());
    Optional<SharedUri> shared = options.shared(secrets);
    FetchRun run = options.run(url(), shared.isPresent(), secrets, this::say);
    if (options.runs.dryRun()) {
      return print(run);
    }
    Optional<String> queue = options.sharing.queue();
    return queue.isPresent() ? work(queue.get(), shared, run) : fetch(shared, run);
  }

  private int fetch(Optional<SharedUri> shared, FetchRun run) throws IOException {
    try (FetchInput lines = open(run);
        Job job =
            new Job(
                settings(lines.from(), shared, options.sharing.sharedName(NAME), run.client()))) {
      return run.send(job, Optional.empty(), lines);
    }
  }

  /** Prints requests rather than send them. */
  private int print(FetchRun run) throws IOException {
    if (options.sharing.queue().isPresent()) {
      throw new UsageException("--dry-run is not for a --queue: enqueue has read its requests");
    }
    OutputStream to = StandardStreams.open(standardOutput);
    try (FetchInput lines = open(run)) {
      return run.print(lines, to);
    }
  }

  private FetchInput open(FetchRun run) throws IOException {
    return FetchInput.open(options.input, argument, url(), run.reader(), standardInput);
  }

  /** Works on a queue, together with others. */
  private int work(String queue, Optional<SharedUri> shared, FetchRun run) throws IOException {
    QueueSink.check(options.output);
    if (run.maxSpend().isPresent()) {
      throw new UsageException("--max-spend is not for a --queue, which others work on, too");
    }
    // Where each host has its own limit, those of a busy one must not be in the way of others.
    int ahead = options.limits.perHost().isEmpty() ? QUEUE_LOOK_AHEAD : RequestLimits.LOOK_AHEAD;
    JobSettings settings =
        settings(
            FileArguments.STANDARD,
            shared.filter(uri -> options.limits.limits()),
            options.sharing.sharedName("queue " + queue),
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
    if (!options.output.quiet()) {
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
        options.limits,
        options.retries,
        options.output,
        options.watch,
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
}
