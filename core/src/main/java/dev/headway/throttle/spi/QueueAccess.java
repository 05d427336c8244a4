package dev.headway.throttle.spi;

import dev.headway.time.TimeSource;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** The queue as remote limits see it. */
public interface QueueAccess {

  /** The queue's time. */
  TimeSource time();

  /**
   * Runs an action under the queue's lock that changes nothing for callers.
   *
   * @param action gets the time
   */
  <T> T locked(LongFunction<T> action);

  /**
   * Makes a change under the queue's lock, and serves callers.
   *
   * @param cameUntil only callers that arrived up to this instant fail
   * @param change gets the time; returns the exception for callers that wait for these limits, or
   *     null
   */
  void onChange(long cameUntil, LongFunction<@Nullable RuntimeException> change);

  /** The first callers that wait for these limits alone. Called under the lock. */
  List<? extends WaitingCaller> waiting(long most);
}
