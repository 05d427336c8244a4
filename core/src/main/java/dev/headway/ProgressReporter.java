package dev.headway;

import dev.headway.time.Durations;
import dev.headway.time.TimeSource;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls the progress listener of a run: at most once per interval, never twice at a time, and once
 * at the end.
 */
final class ProgressReporter {

  private static final System.Logger LOGGER = System.getLogger("dev.headway");

  private final RunConfig.Reports reports;
  private final Supplier<Progress> progress;
  private final TimeSource time;

  /** The thread that calls the listener now. */
  private final AtomicReference<@Nullable Thread> reporting = new AtomicReference<>();

  private volatile long nextAt;

  ProgressReporter(RunConfig.Reports reports, TimeSource time, Supplier<Progress> progress) {
    this.reports = reports;
    this.progress = progress;
    this.time = time;
    this.nextAt = next();
  }

  private long next() {
    return Durations.after(time.nanoTime(), reports.interval());
  }

  /** Whether {@link #report} would call the listener now. */
  boolean isDue() {
    return reports.listener().isPresent() && reporting.get() == null && time.nanoTime() >= nextAt;
  }

  /** Calls the listener if it is due and no other thread does. */
  void report() {
    if (isDue() && reporting.compareAndSet(null, Thread.currentThread())) {
      try {
        if (time.nanoTime() >= nextAt) {
          nextAt = next();
          callListener();
        }
      } finally {
        reporting.set(null);
      }
    }
  }

  /** Calls the listener a last time. No other thread reports any more. */
  void reportEnd() {
    callListener();
  }

  /** Whether a thread calls the listener now. */
  boolean isReportedBy(Thread thread) {
    return thread.equals(reporting.get());
  }

  /** Logs an exception of the listener: it must not harm the run. */
  private void callListener() {
    try {
      reports.listener().ifPresent(listener -> listener.accept(progress.get()));
    } catch (Throwable e) {
      LOGGER.log(Level.WARNING, "the listener to a run's progress failed", e);
    }
  }
}
