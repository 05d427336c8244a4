package dev.headway.cli.option;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@code exec} that say what is run again. */
public final class ExecRetryOptions extends RetryOptions {

  private static final int LARGEST_STATUS = 255;

  @Option(
      names = "--retry-delay",
      paramLabel = "DURATION",
      converter = Converters.OfDuration.class,
      description = {
        "Wait this long before the first retry, twice as long before the next, and so on. Default:"
            + " none."
      })
  private @Nullable Duration delay;

  @Option(
      names = "--slow-down-on",
      paramLabel = "STATUS",
      split = ",",
      description = {
        "Exit statuses by which a command asks to slow down, such as 75: nothing starts for 1 s,"
            + " longer each time in a row, and the command runs again. It does not count as a"
            + " retry."
      })
  private List<Integer> slowDownOn = List.of();

  /** Made by picocli. */
  public ExecRetryOptions() {}

  /** How long the first retry waits, if it does. */
  public Optional<Duration> delay() {
    return Optional.ofNullable(delay);
  }

  /**
   * The exit statuses by which a command asks to slow down.
   *
   * @throws UsageException if one is out of range
   */
  public Set<Integer> slowDownOn() {
    for (int status : slowDownOn) {
      if (status < 1 || status > LARGEST_STATUS) {
        throw new UsageException(
            "--slow-down-on: " + status + " is out of range; write exit statuses from 1 to 255");
      }
    }
    return new HashSet<>(slowDownOn);
  }
}
