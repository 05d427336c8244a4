package dev.headway.cli.fetch;

import dev.headway.cli.job.Job;
import dev.headway.cli.text.DurationFormat;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Ends a run after a time. Then nothing more is sent, requests in flight may end, and the run stops
 * so that it can be resumed.
 */
final class TimeLimit implements AutoCloseable {

  private static final Duration STEP = Duration.ofMillis(20);

  private final AtomicInteger inFlight = new AtomicInteger();
  private final @Nullable Thread thread;
  private volatile boolean over;

  /**
   * Begins.
   *
   * @param longest how long requests may start, if that is limited
   * @param grace how long those in flight may take at most
   */
  TimeLimit(Optional<Duration> longest, Duration grace, Job job) {
    this.thread =
        longest
            .map(time -> Thread.ofVirtual().name("headway-time").start(() -> end(time, grace, job)))
            .orElse(null);
  }

  private void end(Duration longest, Duration grace, Job job) {
    try {
      Thread.sleep(longest);
      over = true;
      long last = System.nanoTime() + grace.toNanos();
      while (inFlight.get() > 0 && System.nanoTime() < last) {
        Thread.sleep(STEP);
      }
      job.stop("its time of " + DurationFormat.of(longest) + " is over (--for, --until)");
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  /** Looks after one request. */
  Attempts request() {
    return new Attempts();
  }

  /** The attempts at one request. */
  final class Attempts implements AutoCloseable {

    private boolean begun;

    /** Whether another attempt may begin: it is not too late. */
    boolean begin() {
      if (!begun) {
        begun = true;
        inFlight.incrementAndGet();
      }
      return !over;
    }

    @Override
    public void close() {
      if (begun) {
        inFlight.decrementAndGet();
      }
    }
  }

  @Override
  public void close() {
    if (thread != null) {
      thread.interrupt();
    }
  }
}
