package dev.headway.cli.option;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what is tried again, and when to give up. */
public class RetryOptions {

  private static final String NEVER = "none";

  @Option(
      names = "--retries",
      paramLabel = "N",
      description = {
        "Try again this many times. fetch retries lost connections and 408, 425, 500, 502, 503,"
            + " 504, 520 to 524 and 530; a response that asks to slow down does not count. Default:"
            + " fetch 5, exec 0."
      })
  private @Nullable Integer retries;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      converter = Converters.OfDuration.class,
      description = {
        "Give up an attempt: fetch, if no byte of its response comes for this time (default 2m);"
            + " exec, if the command takes longer, with all that it has started (default: none)."
      })
  private @Nullable Duration timeout;

  @Option(
      names = "--max-failures",
      paramLabel = "N",
      description = {
        "Stop after N failures, so that the run can be resumed (exit status 75). Default: none, but"
            + " fetch stops where all of the first 25 requests go to one host and fail to connect,"
            + " in TLS, or with 401, 403 or 407; none switches that off, too."
      })
  private @Nullable String maxFailures;

  /** Made by picocli. */
  public RetryOptions() {}

  /**
   * How often an item is tried again.
   *
   * @throws UsageException if that is less than 0
   */
  public final int retries(int otherwise) {
    if (retries != null && retries < 0) {
      throw new UsageException("--retries: " + retries + " is too few; write 0 or more");
    }
    return retries == null ? otherwise : retries;
  }

  /**
   * How long an attempt may take, if that is given.
   *
   * @throws UsageException if that is no time
   */
  public final Optional<Duration> timeout() {
    return positive("--timeout", timeout);
  }

  static Optional<Duration> positive(String option, @Nullable Duration given) {
    if (given != null && given.isZero()) {
      throw new UsageException(option + ": \"0\" leaves no time; write 30s or 2m");
    }
    return Optional.ofNullable(given);
  }

  /** Whether nothing is said of failures, so that those of a host that cannot be used end it. */
  public final boolean looksAtHost() {
    return maxFailures == null;
  }

  /**
   * After how many failures the run stops, if it does.
   *
   * @throws UsageException if that is no number from 1
   */
  public final OptionalLong maxFailures() {
    if (maxFailures == null || maxFailures.equals(NEVER)) {
      return OptionalLong.empty();
    }
    if (!maxFailures.matches("[1-9]\\d{0,17}")) {
      throw new UsageException(
          "--max-failures: \"" + maxFailures + "\" is no number from 1; write 10 or none");
    }
    return OptionalLong.of(Long.parseLong(maxFailures));
  }
}
