package dev.headway;

import dev.headway.limit.LimitSnapshot;
import dev.headway.limit.Rule;
import dev.headway.throttle.Throttle;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a run.
 *
 * @param source gives the throttles of items
 * @param chosenConcurrency how many items may be in flight; 0 for the default, {@link
 *     Integer#MAX_VALUE} for no bound
 * @param ordered whether results come in input order
 * @param retry which failures are retried
 * @param around wraps each attempt
 * @param reports the progress listener and how often it is called
 */
record RunConfig(
    Source source,
    int chosenConcurrency,
    boolean ordered,
    Retry retry,
    Optional<Around> around,
    Reports reports) {

  private static final System.Logger LOGGER = System.getLogger("dev.headway");

  /** The default where a throttle paces the run. */
  private static final int PACED = 1_000;

  private static final Duration PROGRESS_INTERVAL = Duration.ofMillis(100);

  /**
   * The throttles of a run.
   *
   * @param byItem gives the throttle of an item
   * @param single the one throttle of all items; null if each key has its own
   * @param time the throttles' time source
   */
  record Source(
      Function<Object, Throttle> byItem, @Nullable Throttle single, Supplier<TimeSource> time) {}

  /**
   * The progress listener of a run.
   *
   * @param interval the shortest time between two calls of the listener
   */
  record Reports(Optional<Consumer<? super Progress>> listener, Duration interval) {}

  /** All items wait on one throttle. */
  static RunConfig of(Throttle throttle) {
    return of(new Source(item -> throttle, throttle, throttle::timeSource));
  }

  /** Each item waits on the throttle of its key. */
  static RunConfig keyed(Function<Object, Throttle> throttles, Supplier<TimeSource> time) {
    return of(new Source(throttles, null, time));
  }

  private static RunConfig of(Source source) {
    Reports none = new Reports(Optional.empty(), PROGRESS_INTERVAL);
    return new RunConfig(source, 0, false, Retry.never(), Optional.empty(), none);
  }

  boolean isKeyed() {
    return source.single == null;
  }

  boolean hasDefaultConcurrency() {
    return chosenConcurrency == 0;
  }

  /**
   * How many items may be in flight. By default 1,000 where the throttle limits starts, or fewer if
   * it has a lower concurrency limit; otherwise the number of processors and 4, at most 32.
   */
  int concurrency() {
    if (chosenConcurrency > 0) {
      return chosenConcurrency;
    }
    if (source.single == null) {
      return PACED;
    }
    int free = Math.min(32, Runtime.getRuntime().availableProcessors() + 4);
    List<LimitSnapshot> limits;
    try {
      limits = source.single.snapshot().rules();
    } catch (RuntimeException e) {
      LOGGER.log(
          System.Logger.Level.DEBUG,
          "a throttle has no snapshot, such as while its store is away; the run has "
              + free
              + " in flight",
          e);
      return free;
    }
    boolean paced = limits.stream().anyMatch(limit -> limit.rate().isPresent());
    long most =
        limits.stream()
            .filter(limit -> limit.kind().equals(Rule.CONCURRENCY))
            .mapToLong(LimitSnapshot::capacity)
            .min()
            .orElse(Long.MAX_VALUE);
    return Math.clamp(most, 1, paced ? PACED : free);
  }

  /** The same with another concurrency. */
  RunConfig withConcurrency(int most) {
    return new RunConfig(source, most, ordered, retry, around, reports);
  }

  /** The same, in input order or not. */
  RunConfig withOrdered(boolean inOrder) {
    return new RunConfig(source, chosenConcurrency, inOrder, retry, around, reports);
  }

  /** The same with other retries. */
  RunConfig withRetry(Retry other) {
    return new RunConfig(source, chosenConcurrency, ordered, other, around, reports);
  }

  /** The same with another wrapper, inside the one that is there. */
  RunConfig withAround(Around inner) {
    Around all = around.<Around>map(outer -> task -> outer.run(nested(inner, task))).orElse(inner);
    return new RunConfig(source, chosenConcurrency, ordered, retry, Optional.of(all), reports);
  }

  private static Callable<?> nested(Around inner, Callable<?> task) {
    return () -> {
      inner.run(task);
      return true;
    };
  }

  /** The same with a progress listener. */
  RunConfig withProgress(Duration interval, Consumer<? super Progress> listener) {
    Reports other = new Reports(Optional.of(listener), interval);
    return new RunConfig(source, chosenConcurrency, ordered, retry, around, other);
  }
}
