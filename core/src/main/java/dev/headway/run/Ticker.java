package dev.headway.run;

import dev.headway.Progress;
import dev.headway.time.TimeSource;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tells how far a run has come, now and then, and once at its end; never twice at a time. */
final class Ticker {

  private static final System.Logger LOGGER = System.getLogger("dev.headway");

  private final @Nullable Consumer<? super Progress> listener;
  private final Supplier<Progress> progress;
  private final TimeSource time;
  private final long everyNanos;
  private final AtomicBoolean telling = new AtomicBoolean();
  private volatile long nextAt;
  private boolean ended;

  Ticker(Plan plan, Supplier<Progress> progress) {
    this.listener = plan.progress().orElse(null);
    this.progress = progress;
    this.time = plan.throttle().timeSource();
    this.everyNanos = plan.every().toNanos();
    this.nextAt = time.nanoTime() + everyNanos;
  }

  /** Called when something has ended. */
  void tick() {
    if (listener != null && time.nanoTime() >= nextAt && telling.compareAndSet(false, true)) {
      try {
        nextAt = time.nanoTime() + everyNanos;
        tell(listener);
      } finally {
        telling.set(false);
      }
    }
  }

  /** Called when all has ended, by one thread, while nobody ticks. */
  void end() {
    if (listener != null && !ended) {
      ended = true;
      tell(listener);
    }
  }

  private void tell(Consumer<? super Progress> told) {
    try {
      told.accept(progress.get());
    } catch (RuntimeException e) {
      LOGGER.log(Level.WARNING, "the listener to a run's progress failed", e);
    }
  }
}
