package dev.headway;

import dev.headway.time.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/** The times of a task. */
public final class Timing {

  private final Instant origin;
  private final long startedNanos;
  private final long waitedNanos;
  private final long tookNanos;

  /**
   * Creates a timing.
   *
   * @param origin any instant
   * @param startedNanos the time from then to the start of the first attempt, or to its planned
   *     start
   * @param waitedNanos the time of waits for permits and of backoff, over all attempts
   * @param tookNanos the duration of the last attempt
   */
  public Timing(Instant origin, long startedNanos, long waitedNanos, long tookNanos) {
    this.origin = origin;
    this.startedNanos = startedNanos;
    this.waitedNanos = waitedNanos;
    this.tookNanos = tookNanos;
  }

  /** The start of its first attempt, or its planned start. */
  public Instant startedAt() {
    return origin.plusNanos(startedNanos);
  }

  /** The time of its waits for permits and of backoff, over all attempts. */
  public Duration waited() {
    return Duration.ofNanos(waitedNanos);
  }

  /** The duration of its last attempt. */
  public Duration took() {
    return Duration.ofNanos(tookNanos);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Timing timing
        && startedAt().equals(timing.startedAt())
        && waitedNanos == timing.waitedNanos
        && tookNanos == timing.tookNanos;
  }

  @Override
  public int hashCode() {
    return Objects.hash(startedAt(), waitedNanos, tookNanos);
  }

  /** Such as {@code started at 2026-01-01T00:00:00Z, waited PT2S, took PT0.5S}. */
  @Override
  public String toString() {
    return "started at "
        + startedAt()
        + ", waited "
        + Durations.print(waited())
        + ", took "
        + Durations.print(took());
  }
}
