package dev.headway.throttle;

import dev.headway.time.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Decisions made under a queue's lock whose effects come after it: wake-ups, events, timers. */
final class Deferred {

  private static final System.Logger LOGGER = System.getLogger("dev.headway");

  private final List<Waiter> woken = new ArrayList<>();
  private final List<Runnable> events = new ArrayList<>();
  private @Nullable WakeUp obsolete;
  private @Nullable WakeUp toSet;

  /** Whether there is more to serve than one batch. */
  boolean again;

  void wake(Waiter waiter) {
    woken.add(waiter);
  }

  void doNotWake(Waiter waiter) {
    woken.remove(waiter);
  }

  void tell(Runnable event) {
    events.add(event);
  }

  /** Replaces the queue's timer. */
  void replace(@Nullable WakeUp current, @Nullable WakeUp next) {
    if (current != null && !current.equals(toSet)) {
      obsolete = current;
    }
    toSet = next;
  }

  /**
   * Does everything. Called without the lock.
   *
   * @param onWakeUp what a timer does when it fires
   * @param onFailure forgets a timer that cannot be set
   */
  void perform(TimeSource time, Consumer<WakeUp> onWakeUp, Consumer<WakeUp> onFailure) {
    events.forEach(Runnable::run);
    woken.forEach(Deferred::wakeNow);
    if (obsolete != null) {
      obsolete.cancel();
    }
    WakeUp next = toSet;
    if (next != null) {
      try {
        next.set(time, () -> onWakeUp.accept(next));
      } catch (RuntimeException | Error e) {
        onFailure.accept(next);
        throw e;
      }
    }
  }

  /** A time source that fails for one caller must not keep others from being woken. */
  private static void wakeNow(Waiter waiter) {
    try {
      waiter.wake();
    } catch (RuntimeException | Error e) {
      LOGGER.log(System.Logger.Level.WARNING, "a caller could not be woken", e);
    }
  }
}
