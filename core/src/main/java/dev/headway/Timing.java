package dev.headway;

import dev.headway.time.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/** When a task ran. */
public final class Timing {

  private final Instant origin;
  private final long startedNanos;
  private final long waitedNanos;
  private final long tookNanos;

  /**
   * Creates one.
   *
   * @param origin any instant
   * @param startedNanos how long after that the first attempt started, or would have
   * @param waitedNanos how long it stood in line or backed off, over all attempts
   * @param tookNanos how long its last attempt ran
   */
  public Timing(Instant origin, long startedNanos, long waitedNanos, long tookNanos) {
    this.origin = origin;
    this.startedNanos = startedNanos;
    this.waitedNanos = waitedNanos;
    this.tookNanos = tookNanos;
  }

  /** When its first attempt started, or would have. */
  public Instant startedAt() {
    return origin.plusNanos(startedNanos);
  }

  /** How long it stood in line or backed off, over all attempts. */
  public Duration waited() {
    return Duration.ofNanos(waitedNanos);
  }

  /** How long its last attempt ran. */
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
