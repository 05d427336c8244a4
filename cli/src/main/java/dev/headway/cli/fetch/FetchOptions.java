package dev.headway.cli.fetch;

import dev.headway.cli.job.SharedUri;
import dev.headway.cli.model.TokenMeter;
import dev.headway.cli.option.ConnectionOptions;
import dev.headway.cli.option.FetchOutputOptions;
import dev.headway.cli.option.FetchRetryOptions;
import dev.headway.cli.option.FetchSharingOptions;
import dev.headway.cli.option.InputOptions;
import dev.headway.cli.option.ModelOptions;
import dev.headway.cli.option.PageOptions;
import dev.headway.cli.option.RequestLimits;
import dev.headway.cli.option.RequestOptions;
import dev.headway.cli.option.RunOptions;
import dev.headway.cli.option.UsageException;
import dev.headway.cli.option.WatchOptions;
import dev.headway.cli.request.PlainPassword;
import dev.headway.cli.request.RequestDefaults;
import dev.headway.cli.request.RequestReader;
import dev.headway.cli.request.Secrets;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import picocli.CommandLine.ArgGroup;

/** The options of {@code fetch}, and what they say together. */
final class FetchOptions {

  @ArgGroup(validate = false, order = 1, heading = "%nInput:%n")
  InputOptions input = new InputOptions();

  @ArgGroup(validate = false, order = 2, heading = "%nRequests:%n")
  RequestOptions requests = new RequestOptions();

  @ArgGroup(validate = false, order = 3, heading = "%nLanguage models:%n")
  ModelOptions models = new ModelOptions();

  @ArgGroup(validate = false, order = 4, heading = "%nConnections:%n")
  ConnectionOptions connections = new ConnectionOptions();

  @ArgGroup(validate = false, order = 5, heading = "%nLimits:%n")
  RequestLimits limits = new RequestLimits();

  @ArgGroup(validate = false, order = 6, heading = "%nRetries:%n")
  FetchRetryOptions retries = new FetchRetryOptions();

  @ArgGroup(validate = false, order = 7, heading = "%nOutput:%n")
  FetchOutputOptions output = new FetchOutputOptions();

  @ArgGroup(validate = false, order = 8, heading = "%nPages:%n")
  PageOptions pages = new PageOptions();

  @ArgGroup(validate = false, order = 9, heading = "%nRun:%n")
  RunOptions runs = new RunOptions();

  @ArgGroup(validate = false, order = 10, heading = "%nSharing:%n")
  FetchSharingOptions sharing = new FetchSharingOptions();

  @ArgGroup(validate = false, order = 11, heading = "%nWatching:%n")
  WatchOptions watch = new WatchOptions();

  /**
   * Where limits, or a queue, are shared.
   *
   * @throws UsageException if the options contradict each other
   */
  Optional<SharedUri> shared(Secrets secrets) {
    return sharing.queue().isPresent()
        ? SharedUri.of(sharing.shared(), secrets)
        : SharedUri.ofLimits(sharing.shared(), limits, secrets);
  }

  /**
   * What is to be run.
   *
   * @param url the one URL to fetch, if it is an argument
   * @param shared whether limits are shared
   * @param say prints what the user should know
   * @throws UsageException if the options contradict each other, or a file cannot be read
   */
  FetchRun run(Optional<String> url, boolean shared, Secrets secrets, Consumer<String> say) {
    Optional<Duration> longest = runs.longest(ZonedDateTime.now(ZoneId.systemDefault()));
    Optional<TokenMeter> meter = models.meter(limits, requests);
    RequestReader reader = reader(url, secrets, meter, say);
    OptionalDouble maxSpend = runs.maxSpend(models.price().isPresent());
    connections.proxy().filter(PlainPassword::isIn).ifPresent(u -> warn("--proxy", "", say));
    sharing.shared().filter(PlainPassword::isIn).ifPresent(u -> warn("--shared", "", say));
    if (shared) {
      limits.share();
    }
    limits.throttle(FetchCommand.NAME);
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
            keys(secrets, say),
            models.preset(),
            secrets);
    int mostPages = pages.most(output);
    Optional<Pages> next = pages.next().map(where -> new Pages(where, mostPages));
    if (next.isPresent() && meter.isPresent()) {
      throw new UsageException("--preset is for calls of language models, which have no pages");
    }
    Optional<String> tokens = requests.tokenCommand().filter(command -> !runs.dryRun());
    return new FetchRun(
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
  }

  private RequestReader reader(
      Optional<String> url, Secrets secrets, Optional<TokenMeter> meter, Consumer<String> say) {
    requests.check(limits.budgets());
    requests.unmeasured(limits.budgets()).stream()
        .filter(budget -> !models.measures(budget))
        .forEach(budget ->
            say.accept(
                "nothing says what requests take of the budget "
                    + budget
                    + ", so it limits only lines with a cost of their own: give --cost "
                    + budget
                    + "=/POINTER or --settle"));
    try {
      if (sharing.queue().isEmpty()) {
        models.preset().ifPresent(preset -> input.use(preset, url.isPresent()));
      }
      RequestDefaults plain =
          RequestDefaults.of(input, url, requests, secrets, name -> warn(name, say));
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

  private KeyRotation keys(Secrets secrets, Consumer<String> say) {
    try {
      return KeyRotation.of(requests.rotated(), secrets, name -> warn(name, say));
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }

  private static void warn(String header, Consumer<String> say) {
    warn("--header " + header, " or --header-file", say);
  }

  private static void warn(String option, String instead, Consumer<String> say) {
    say.accept(
        "the value of %s is in the list of processes, for all to see: use ${NAME}%s"
            .formatted(option, instead));
  }
}
