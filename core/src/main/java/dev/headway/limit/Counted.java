package dev.headway.limit;

import dev.headway.time.Durations;
import java.time.Duration;
import java.util.Optional;

/** The instant from which a permit counts against a rate. */
public final class Counted {

  /** A permit's slot is free again one period after the permit was granted. */
  public static final Counted FROM_START = new Counted("from start", Optional.empty());

  /**
   * A permit's slot is free again one period after the permit was closed.
   *
   * <p>So a server never sees more than the rate, whatever the network delays.
   */
  public static final Counted FROM_END = new Counted("from end", Optional.empty());

  private static final Duration LONGEST = Duration.ofDays(36_500);

  private final String text;
  private final Optional<Duration> bound;

  private Counted(String text, Optional<Duration> bound) {
    this.text = text;
    this.bound = bound;
  }

  /**
   * A permit's slot is free again one period after the earlier of two instants: the permit's close
   * or {@code arrived()}, and {@code bound} after it was granted.
   *
   * <p>The server never sees more than the rate as long as no request takes longer than {@code
   * bound} to reach it. A slow response costs at most {@code bound} per period, not its duration.
   *
   * @param bound the longest time that a request takes to reach the server, 1 ns to 36,500 days
   * @throws IllegalArgumentException if {@code bound} is out of range
   */
  public static Counted onArrival(Duration bound) {
    if (!bound.isPositive() || bound.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "the bound of an arrival must be 1 ns to 36500 days, not " + Durations.print(bound));
    }
    return new Counted("on arrival within " + Durations.compact(bound), Optional.of(bound));
  }

  /** The time after which a permit counts as arrived; empty unless counted on arrival. */
  public Optional<Duration> bound() {
    return bound;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Counted counted && text.equals(counted.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** The rule as text: {@code from start}, {@code from end} or {@code on arrival within 50ms}. */
  @Override
  public String toString() {
    return text;
  }
}
