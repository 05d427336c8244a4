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
   * Does something under the queue's lock, of which no caller has to hear.
   *
   * @param action gets the time
   */
  <T> T locked(LongFunction<T> action);

  /**
   * Takes a change under the queue's lock, and serves callers by it.
   *
   * @param cameUntil only callers that came up to this instant fail
   * @param change gets the time; returns what the callers fail with that wait for these limits, or
   *     null
   */
  void onChange(long cameUntil, LongFunction<@Nullable RuntimeException> change);

  /** The first callers for these limits that no other limit keeps. Called under the lock. */
  List<? extends WaitingCaller> waiting(long most);
}
