package dev.headway.tests.shared;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures by how much this machine lets a thread run later than it could. Where a test reads the
 * clock after it was granted a permit, starts may seem so much closer together than they were.
 */
final class Lateness implements AutoCloseable {

  private static final long PAUSE_NANOS = 1_000_000;

  private final Thread thread = Thread.ofPlatform().daemon().name("lateness").start(this::measure);
  private volatile boolean over;
  private volatile long most;

  private void measure() {
    while (!over) {
      long before = System.nanoTime();
      LockSupport.parkNanos(PAUSE_NANOS);
      most = Math.max(most, System.nanoTime() - before - PAUSE_NANOS);
    }
  }

  /** The longest stretch in which no more may be seen than a period holds. */
  Duration sureWithin(Duration period) {
    return period.minusNanos(Math.min(most, period.toNanos() / 2));
  }

  @Override
  public void close() {
    over = true;
    LockSupport.unpark(thread);
  }
}
