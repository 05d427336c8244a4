package dev.headway;

import dev.headway.limit.Cost;
import dev.headway.throttle.Throttle;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * How a run is to be run.
 *
 * @param throttle what its tasks wait on
 * @param atOnce how many run at once; {@link Integer#MAX_VALUE} for any number
 * @param ordered whether results come in input order
 * @param retry what is tried again
 * @param costing what an item costs
 * @param progress who hears how far it has come
 * @param every how often, at most, progress is told
 */
record Plan(
    Throttle throttle,
    int atOnce,
    boolean ordered,
    Retry retry,
    Function<Object, Cost> costing,
    Optional<Consumer<? super Progress>> progress,
    Duration every) {

  /** The same, with so many at once. */
  public Plan withAtOnce(int most) {
    return new Plan(throttle, most, ordered, retry, costing, progress, every);
  }

  /** The same, in input order or not. */
  public Plan withOrdered(boolean inOrder) {
    return new Plan(throttle, atOnce, inOrder, retry, costing, progress, every);
  }

  /** The same, with other retries. */
  public Plan withRetry(Retry other) {
    return new Plan(throttle, atOnce, ordered, other, costing, progress, every);
  }

  /** The same, with other costs. */
  public Plan withCosting(Function<Object, Cost> other) {
    return new Plan(throttle, atOnce, ordered, retry, other, progress, every);
  }

  /** The same, with a listener. */
  public Plan withProgress(Duration atMostEvery, Consumer<? super Progress> listener) {
    return new Plan(throttle, atOnce, ordered, retry, costing, Optional.of(listener), atMostEvery);
  }
}
