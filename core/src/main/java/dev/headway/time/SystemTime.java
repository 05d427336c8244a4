package dev.headway.time;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The machine's own time. Timers are the JDK's, so that no thread of ours is left behind. */
final class SystemTime implements TimeSource {

  static final SystemTime INSTANCE = new SystemTime();

  private static final long ORIGIN = System.nanoTime();

  private SystemTime() {}

  @Override
  public long nanoTime() {
    return System.nanoTime() - ORIGIN;
  }

  @Override
  public Instant instant() {
    return Instant.now();
  }

  @Override
  public void park(Object blocker, long deadline) {
    if (deadline == NEVER) {
      LockSupport.park(blocker);
    } else {
      LockSupport.parkNanos(blocker, deadline - nanoTime());
    }
  }

  @Override
  public void unpark(Thread thread) {
    LockSupport.unpark(thread);
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // runAloud says what the action throws
  public Timer schedule(long at, Runnable action) {
    long delay = Math.max(0, at - nanoTime());
    CompletableFuture<@Nullable Void> timer = new CompletableFuture<>();
    timer.thenRun(() -> runAloud(action));
    timer.completeOnTimeout(null, delay, TimeUnit.NANOSECONDS);
    return () -> timer.cancel(false);
  }

  /** A future would keep to itself what its action throws. */
  private static void runAloud(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | Error e) {
      Thread current = Thread.currentThread();
      current.getUncaughtExceptionHandler().uncaughtException(current, e);
    }
  }

  @Override
  public Thread start(String name, Runnable body) {
    return Thread.ofVirtual().name(name).start(body);
  }
}
