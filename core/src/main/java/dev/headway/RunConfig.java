package dev.headway;

import dev.headway.limit.LimitSnapshot;
import dev.headway.throttle.Snapshot;
import dev.headway.throttle.Throttle;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a run.
 *
 * @param throttles gives the throttle of an item
 * @param single the one throttle of all items; null if each key has its own
 * @param time the throttles' time source
 * @param chosenConcurrency how many items may be in flight; 0 for the default, {@link
 *     Integer#MAX_VALUE} for no bound
 * @param ordered whether results come in input order
 * @param retry which failures are retried
 * @param around wraps each attempt
 * @param progress the progress listener
 * @param progressInterval the shortest time between two calls of the listener
 */
record RunConfig(
    Function<Object, Throttle> throttles,
    @Nullable Throttle single,
    Supplier<TimeSource> time,
    int chosenConcurrency,
    boolean ordered,
    Retry retry,
    Optional<Around> around,
    Optional<Consumer<? super Progress>> progress,
    Duration progressInterval) {

  /** The default where a throttle paces the run. */
  private static final int PACED = 1_000;

  private static final Duration PROGRESS_INTERVAL = Duration.ofMillis(100);

  /** All items wait on one throttle. */
  public static RunConfig of(Throttle throttle) {
    return of(item -> throttle, throttle, throttle::timeSource);
  }

  /** Each item waits on the throttle of its key. */
  public static RunConfig keyed(Function<Object, Throttle> throttles, Supplier<TimeSource> time) {
    return of(throttles, null, time);
  }

  private static RunConfig of(
      Function<Object, Throttle> throttles, @Nullable Throttle single, Supplier<TimeSource> time) {
    return new RunConfig(
        throttles,
        single,
        time,
        0,
        false,
        Retry.never(),
        Optional.empty(),
        Optional.empty(),
        PROGRESS_INTERVAL);
  }

  boolean isKeyed() {
    return single == null;
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
    int free = Math.min(32, Runtime.getRuntime().availableProcessors() + 4);
    if (single == null) {
      return PACED;
    }
    Snapshot snapshot;
    try {
      snapshot = single.snapshot();
    } catch (RuntimeException e) {
      return free; // such as a store that cannot be reached
    }
    boolean paced = snapshot.rules().stream().anyMatch(rule -> rule.rate().isPresent());
    long limit =
        snapshot.rules().stream()
            .filter(rule -> rule.kind().equals("concurrency"))
            .mapToLong(LimitSnapshot::capacity)
            .min()
            .orElse(Long.MAX_VALUE);
    return Math.clamp(limit, 1, paced ? PACED : free);
  }

  /** The same with another concurrency. */
  public RunConfig withConcurrency(int most) {
    return new RunConfig(
        throttles, single, time, most, ordered, retry, around, progress, progressInterval);
  }

  /** The same, in input order or not. */
  public RunConfig withOrdered(boolean inOrder) {
    return new RunConfig(
        throttles,
        single,
        time,
        chosenConcurrency,
        inOrder,
        retry,
        around,
        progress,
        progressInterval);
  }

  /** The same with other retries. */
  public RunConfig withRetry(Retry other) {
    return new RunConfig(
        throttles,
        single,
        time,
        chosenConcurrency,
        ordered,
        other,
        around,
        progress,
        progressInterval);
  }

  /** The same with another wrapper, inside the one that is there. */
  public RunConfig withAround(Around inner) {
    Around all = around.<Around>map(outer -> task -> outer.run(nested(inner, task))).orElse(inner);
    return new RunConfig(
        throttles,
        single,
        time,
        chosenConcurrency,
        ordered,
        retry,
        Optional.of(all),
        progress,
        progressInterval);
  }

  private static java.util.concurrent.Callable<?> nested(
      Around inner, java.util.concurrent.Callable<?> task) {
    return () -> {
      inner.run(task);
      return true;
    };
  }

  /** The same with a progress listener. */
  public RunConfig withProgress(Duration interval, Consumer<? super Progress> listener) {
    return new RunConfig(
        throttles,
        single,
        time,
        chosenConcurrency,
        ordered,
        retry,
        around,
        Optional.of(listener),
        interval);
  }
}
