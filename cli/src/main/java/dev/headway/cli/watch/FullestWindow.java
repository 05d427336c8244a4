package dev.headway.cli.watch;

import dev.headway.limit.Counted;
import dev.headway.limit.Rate;
import dev.headway.limit.SlidingWindow;
import java.time.Duration;

/**
 * The most arrivals in any half-open interval of length {@code periodNanos}.
 *
 * <p>Some fullest interval ends with an arrival, so it is enough to look back from each one. Only
 * the arrivals of the last period are remembered. It is handed the time and is not safe for use by
 * several threads.
 */
public final class FullestWindow {

  /** No window is ever as full, so the limit that counts here limits nothing. */
  private static final long UNLIMITED = 1_000_000_000_000_000L;

  private final SlidingWindow window;
  private long fullest;

  /** Nothing has arrived. */
  public FullestWindow(long periodNanos) {
    Rate counted = Rate.of(UNLIMITED, Duration.ofNanos(periodNanos));
    window = new SlidingWindow(counted, Counted.FROM_START);
  }

  /** Counts an arrival. Times must not go backwards. */
  public void add(long now) {
    add(now, 1);
  }

  /**
   * Counts an arrival of several, or of something heavy.
   *
   * @return what there is in the interval that ends with it
   */
  public long add(long now, long amount) {
    window.start(now, amount);
    long count = count(now);
    fullest = Math.max(fullest, count);
    return count;
  }

  /** What there is in the interval that ends at an instant. */
  public long count(long now) {
    return UNLIMITED - window.available(now);
  }

  /** The most that there has been. */
  public long fullest() {
    return fullest;
  }
}
