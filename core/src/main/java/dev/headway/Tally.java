package dev.headway;

import dev.headway.time.TimeSource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.OptionalLong;

/** Counts what a run has done. Used under its guard, but for what has started. */
final class Tally {

  private static final VarHandle STARTED;

  static {
    try {
      STARTED = MethodHandles.lookup().findVarHandle(Tally.class, "started", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private long pulled;
  private long started;

  long retries;
  long throttled;

  private final OptionalLong total;
  private final long beganAt;
  private long endedAt = TimeSource.NEVER;
  private long succeeded;
  private long failed;

  Tally(OptionalLong total, long beganAt) {
    this.total = total;
    this.beganAt = beganAt;
  }

  /** One more has been pulled; its index. Done by whoever has the turn. */
  long pulled() {
    return pulled++;
  }

  /** One more has started. Done by whoever has the turn, before its outcome is published. */
  void started() {
    STARTED.setRelease(this, started + 1);
  }

  void count(Outcome<?, ?> outcome) {
    if (outcome instanceof Outcome.Success) {
      succeeded++;
    } else {
      failed++;
    }
  }

  /** Lets no more time pass. */
  void end(long now) {
    endedAt = now;
  }

  Progress progress(long now) {
    Duration elapsed = Duration.ofNanos(Math.min(now, endedAt) - beganAt);
    long begun = (long) STARTED.getAcquire(this);
    return new Progress(total, begun, succeeded, failed, retries, throttled, elapsed);
  }
}
