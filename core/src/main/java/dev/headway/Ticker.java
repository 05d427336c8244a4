package dev.headway;

import dev.headway.time.Durations;
import dev.headway.time.TimeSource;
import java.lang.System.Logger.Level;
import java.time.Duration;
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
  private final Duration every;
  private final AtomicBoolean telling = new AtomicBoolean();
  private volatile long nextAt;

  Ticker(Plan plan, Supplier<Progress> progress) {
    this.listener = plan.progress().orElse(null);
    this.progress = progress;
    this.time = plan.throttle().timeSource();
    this.every = plan.every();
    this.nextAt = next();
  }

  private long next() {
    return Durations.after(time.nanoTime(), every);
  }

  /** Whether it is time to {@link #tick}. */
  boolean isDue() {
    return listener != null && !telling.get() && time.nanoTime() >= nextAt;
  }

  /** Called when something has ended. */
  void tick() {
    if (telling.compareAndSet(false, true)) {
      try {
        nextAt = next();
        tell();
      } finally {
        telling.set(false);
      }
    }
  }

  /** Called when all has ended, while nobody ticks. */
  void end() {
    tell();
  }

  /** What a listener throws is logged: it must not harm what it watches. */
  private void tell() {
    if (listener != null) {
      try {
        listener.accept(progress.get());
      } catch (Throwable e) {
        LOGGER.log(Level.WARNING, "the listener to a run's progress failed", e);
      }
    }
  }
}
