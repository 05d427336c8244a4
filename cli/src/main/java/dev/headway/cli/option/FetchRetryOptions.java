package dev.headway.cli.option;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@code fetch} that say what is tried again, and when to give up. */
public final class FetchRetryOptions extends RetryOptions {

  private static final int USUAL_RETRIES = 5;
  private static final Duration USUAL_IDLE = Duration.ofMinutes(2);

  @Option(
      names = "--total-timeout",
      paramLabel = "DURATION",
      converter = Converters.OfDuration.class,
      description = {
        "Give up an attempt that takes longer in all, to the last byte of its body. Default: none."
      })
  private @Nullable Duration totalTimeout;

  @Option(
      names = "--retry-any-method",
      description = "Retry requests too that might then be carried out twice, such as POST.")
  private boolean anyMethod;

  @Option(
      names = "--retry-on",
      paramLabel = "STATUS,...",
      split = ",",
      hideParamSyntax = true,
      description = "Retry these statuses, too, if the method allows it: such as 404 or 5xx.")
  private List<String> retryOn = List.of();

  @Option(
      names = "--retry-if",
      paramLabel = "/POINTER[=VALUE]",
      converter = BodyCondition.Converter.class,
      description = {
        "Retry a request, whatever its method, if the JSON of the response has this value at a JSON"
            + " Pointer, such as /error=ratelimited; without VALUE, anything but null or false."
      })
  private List<BodyCondition> retryIf = List.of();

  @Option(
      names = "--fail-if",
      paramLabel = "/POINTER[=VALUE]",
      converter = BodyCondition.Converter.class,
      description = "Count a request as failed if its response has this, such as /ok=false.")
  private List<BodyCondition> failIf = List.of();

  @Option(
      names = "--max-refused",
      paramLabel = "DURATION",
      converter = Converters.OfDuration.class,
      description = {
        "Stop, so that the run can be resumed, when a host refuses every request for this time"
            + " without saying for how long. Waits that it asks for do not count. Default: 15m."
      })
  private Duration maxRefused = Duration.ofMinutes(15);

  @Option(
      names = "--max-wait",
      paramLabel = "DURATION",
      converter = Converters.OfDuration.class,
      description = {
        "Stop, so that the run can be resumed, when a server asks for a longer wait. Default: wait"
            + " as long as it asks."
      })
  private @Nullable Duration maxWait;

  /** Made by picocli. */
  public FetchRetryOptions() {}

  /**
   * How often a request is tried again.
   *
   * @throws UsageException if that is less than 0
   */
  public int retries() {
    return retries(USUAL_RETRIES);
  }

  /**
   * How long no byte may come.
   *
   * @throws UsageException if that is no time
   */
  public Duration idleTimeout() {
    return timeout().orElse(USUAL_IDLE);
  }

  /**
   * How long an attempt may take in all, if that is limited.
   *
   * @throws UsageException if that is no time
   */
  public Optional<Duration> totalTimeout() {
    return positive("--total-timeout", totalTimeout);
  }

  /** How long it may take until a response begins. */
  public Duration headTimeout() {
    Duration idle = idleTimeout();
    return totalTimeout().filter(total -> total.compareTo(idle) < 0).orElse(idle);
  }

  /** Whether responses are retried because of their status. */
  public boolean retriesOn(int status) {
    return retryOn.stream()
        .anyMatch(
            each -> each.equals(Integer.toString(status)) || each.equals(status / 100 + "xx"));
  }

  /** What a response has that makes it retried, if it has. */
  public Optional<BodyCondition> retryIf(String body) {
    return retryIf.stream().filter(each -> each.holdsFor(body)).findFirst();
  }

  /** What a response has that makes it a failure, if it has. */
  public Optional<BodyCondition> failIf(String body) {
    return Stream.concat(failIf.stream(), retryIf.stream())
        .filter(each -> each.holdsFor(body))
        .findFirst();
  }

  /** Whether what is in bodies says whether they are retried. */
  public boolean looksIntoBodies() {
    return !retryIf.isEmpty();
  }

  /** Whether what is in bodies says whether they are failures. */
  public boolean failsByBodies() {
    return !failIf.isEmpty() || !retryIf.isEmpty();
  }

  /**
   * Checks the statuses.
   *
   * @throws UsageException if one is none
   */
  public void check() {
    for (String status : retryOn) {
      if (!status.matches("[1-5](xx|\\d\\d)")) {
        throw new UsageException(
            "--retry-on: \"" + status + "\" is not a status; write one such as 404 or 5xx");
      }
    }
  }

  /** Whether requests are retried that might then be carried out twice. */
  public boolean anyMethod() {
    return anyMethod;
  }

  /** How long a host may refuse every request without saying for how long. */
  public Duration maxRefused() {
    return maxRefused;
  }

  /** The longest wait that a server may ask for, if there is one. */
  public Optional<Duration> maxWait() {
    return Optional.ofNullable(maxWait);
  }
}
