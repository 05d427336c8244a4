package dev.headway;

import dev.headway.limit.Cost;
import dev.headway.limit.Rate;
import dev.headway.throttle.KeyedThrottle;
import dev.headway.throttle.Throttle;
import dev.headway.time.Durations;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs many tasks within limits, several at a time. Immutable: each setting returns another one,
 * which can run any number of times.
 *
 * <pre>{@code
 * Headway run = Headway.with("100/m", "5/s").concurrency(8);
 * try (Results<Url, Page> pages = run.map(urls, this::fetch)) {
 *   for (Page page : pages) {
 *     save(page);
 *   }
 * }
 * }</pre>
 *
 * <p>Each item runs in a virtual thread of its own, which its retries share. It inherits no thread
 * locals.
 *
 * <p>Inputs are {@link Iterable}s and {@link Stream}s; {@link Inputs} makes one of an iterator, a
 * publisher or an array. Items are pulled lazily, by one thread at a time, and the input is closed
 * if it is {@link AutoCloseable}. Each item ends as exactly one outcome. If the caller leaves
 * early, the others have not started: {@link Progress#started} says how many have.
 */
public final class Headway {

  /** No maximum of items in flight. */
  public static final int UNLIMITED = -1;

  private final RunConfig config;

  private Headway(RunConfig config) {
    this.config = config;
  }

  /** Runs tasks that wait on a throttle. */
  public static Headway with(Throttle throttle) {
    return new Headway(RunConfig.of(throttle));
  }

  /**
   * Runs tasks that wait on the throttle of their item's key. Items of one key start in input
   * order; an item never waits because an item before it waits for the limit of another key.
   *
   * <pre>{@code
   * Headway.with(hosts, Url::host).map(urls, this::fetch)
   * }</pre>
   *
   * <p>A run looks ahead at most {@code max(4 × concurrency, 64)} items that wait for a permit, and
   * makes room for as many more results. An item that gets its permit while {@link #concurrency}
   * items are in flight keeps the permit and starts when one of them ends. Where the limits must
   * hold exactly then too, give the throttle itself a {@code concurrency} limit.
   *
   * @param throttles the throttles, by key
   * @param key the key of an item; as a lambda, its parameter needs a type. A run of items of
   *     another type fails each of them.
   */
  public static <K, T> Headway with(KeyedThrottle<K> throttles, Function<T, ? extends K> key) {
    @SuppressWarnings("unchecked") // a wrong type is the failure of its item
    Function<Object, Throttle> throttle = item -> throttles.get(key.apply((T) item));
    return new Headway(RunConfig.keyed(throttle, throttles::timeSource));
  }

  /**
   * Runs tasks within rates, counted from the start.
   *
   * @param rates as {@link Rate#parse} reads them
   * @throws IllegalArgumentException if one is not a rate or there is none
   */
  public static Headway with(String... rates) {
    return with(Throttle.of(rates));
  }

  /** Runs tasks within a rate, counted from the start. */
  public static Headway with(Rate rate) {
    return with(Throttle.builder().rate(rate).build());
  }

  /** Runs tasks that wait for no limit but {@link #concurrency}. */
  public static Headway unthrottled() {
    return with(Throttle.unlimited());
  }

  /**
   * The same with at most so many items in flight: items that have their permit and whose task has
   * not ended. An item that backs off is not in flight.
   *
   * <p>By default it is 1,000 if the throttle limits starts by a rate, a token bucket or a spacing,
   * so that the throttle paces the run, or the throttle's {@code concurrency} limit if that is
   * lower. Otherwise it is the number of processors and 4, at most 32. {@link
   * Progress#atDefaultConcurrency} says when this default holds a run back.
   *
   * @param most at least 1, or {@link #UNLIMITED}
   * @throws IllegalArgumentException if it is neither
   */
  public Headway concurrency(int most) {
    if (most < 1 && most != UNLIMITED) {
      throw new IllegalArgumentException(
          "concurrency must be at least 1, or Headway.UNLIMITED, not " + most);
    }
    return new Headway(config.withConcurrency(most == UNLIMITED ? Integer.MAX_VALUE : most));
  }

  /** The same with results in input order instead of order of completion. */
  public Headway ordered() {
    return new Headway(config.withOrdered(true));
  }

  /** The same with retries. */
  public Headway retry(Retry retry) {
    return new Headway(config.withRetry(retry));
  }

  /** The same with a wrapper around each attempt, inside of wrappers that were set before. */
  public Headway around(Around around) {
    return new Headway(config.withAround(around));
  }

  /**
   * The same with a listener to the progress of each run. It is called when items have ended, at
   * most ten times a second and by one thread at a time, and once when the run has ended.
   */
  public Headway onProgress(Consumer<? super Progress> listener) {
    return onProgress(config.reports().interval(), listener);
  }

  /**
   * The same with a listener that is called at most once per interval, and once when the run has
   * ended.
   *
   * @throws IllegalArgumentException if the interval is negative
   */
  public Headway onProgress(Duration interval, Consumer<? super Progress> listener) {
    if (interval.isNegative()) {
      throw new IllegalArgumentException(
          "the interval of progress must not be negative: " + Durations.print(interval));
    }
    return new Headway(config.withProgress(interval, listener));
  }

  /** Runs a task on each item. It begins at once; the results must be closed. */
  public <T extends @Nullable Object, R extends @Nullable Object> Results<T, R> map(
      Iterable<? extends T> items, Task<? super T, ? extends R> task) {
    return RunResults.begin(config, Input.<T>of(items, time()), Headway::onePermit, task);
  }

  /**
   * Runs a task on each item. It begins at once; the results must be closed.
   *
   * @param cost the cost of an item; without it each costs one permit
   */
  public <T extends @Nullable Object, R extends @Nullable Object> Results<T, R> map(
      Iterable<? extends T> items,
      Function<? super T, Cost> cost,
      Task<? super T, ? extends R> task) {
    return RunResults.begin(config, Input.<T>of(items, time()), cost, task);
  }

  /** Runs a task on each item. It begins at once; the results must be closed. */
  public <T extends @Nullable Object, R extends @Nullable Object> Results<T, R> map(
      Stream<? extends T> items, Task<? super T, ? extends R> task) {
    return RunResults.begin(config, Input.<T>of(items), Headway::onePermit, task);
  }

  /** Runs a task on each item, as {@link #map(Iterable, Function, Task)}. */
  public <T extends @Nullable Object, R extends @Nullable Object> Results<T, R> map(
      Stream<? extends T> items,
      Function<? super T, Cost> cost,
      Task<? super T, ? extends R> task) {
    return RunResults.begin(config, Input.<T>of(items), cost, task);
  }

  /**
   * Runs tasks. They begin at once; the results must be closed. A null task is an outcome with an
   * {@link InvalidTaskException}.
   *
   * <p>A task that never starts, because the run has failed or was closed or because the task
   * cannot start, is closed if it is {@link AutoCloseable}: each that was pulled from the input,
   * and the rest of the input if that is a collection. An exception of its close method is logged
   * as a warning to the {@link System.Logger} {@code dev.headway}. A task that has started closes
   * itself.
   */
  public <R extends @Nullable Object> Results<Callable<R>, R> concurrent(
      Iterable<? extends Callable<R>> tasks) {
    return RunResults.beginTasks(
        config,
        Input.<Callable<R>>of(tasks, time(), UnstartedTaskCloser::close),
        Headway::onePermit);
  }

  /**
   * Runs tasks, as {@link #concurrent(Iterable)}.
   *
   * @param cost the cost of a task; without it each costs one permit
   */
  public <R extends @Nullable Object> Results<Callable<R>, R> concurrent(
      Iterable<? extends Callable<R>> tasks, Function<? super Callable<R>, Cost> cost) {
    return RunResults.beginTasks(
        config, Input.<Callable<R>>of(tasks, time(), UnstartedTaskCloser::close), cost);
  }

  /** Runs tasks, as {@link #concurrent(Iterable)}. */
  public <R extends @Nullable Object> Results<Callable<R>, R> concurrent(
      Stream<? extends Callable<R>> tasks) {
    return RunResults.beginTasks(config, Input.<Callable<R>>of(tasks), Headway::onePermit);
  }

  private TimeSource time() {
    return config.source().time().get();
  }

  private static Cost onePermit(@Nullable Object item) {
    return Cost.one();
  }

  /**
   * Runs an action on each item and waits until all have ended.
   *
   * @throws TaskFailedException if one fails; the rest is cancelled then
   * @throws InputException if the input fails; the rest is cancelled then
   * @throws InterruptedException if interrupted; the rest is cancelled then
   */
  public <T extends @Nullable Object> void forEach(
      Iterable<? extends T> items, Action<? super T> action) throws InterruptedException {
    finish(this.<T, Boolean>map(items, task(action)));
  }

  /**
   * Runs an action on each item, as {@link #forEach(Iterable, Action)}.
   *
   * @param cost the cost of an item; without it each costs one permit
   */
  public <T extends @Nullable Object> void forEach(
      Iterable<? extends T> items, Function<? super T, Cost> cost, Action<? super T> action)
      throws InterruptedException {
    finish(this.<T, Boolean>map(items, cost, task(action)));
  }

  /** Runs an action on each item, as {@link #forEach(Iterable, Action)}. */
  public <T extends @Nullable Object> void forEach(
      Stream<? extends T> items, Action<? super T> action) throws InterruptedException {
    finish(this.<T, Boolean>map(items, task(action)));
  }

  /** Runs an action on each item, as {@link #forEach(Iterable, Function, Action)}. */
  public <T extends @Nullable Object> void forEach(
      Stream<? extends T> items, Function<? super T, Cost> cost, Action<? super T> action)
      throws InterruptedException {
    finish(this.<T, Boolean>map(items, cost, task(action)));
  }

  private static <T extends @Nullable Object> Task<T, Boolean> task(Action<? super T> action) {
    return item -> {
      action.run(item);
      return true;
    };
  }

  private static void finish(Results<?, ?> results) throws InterruptedException {
    try (results) {
      for (Outcome<?, ?> outcome = results.await(); outcome != null; outcome = results.await()) {
        outcome.value();
      }
    }
  }

  /**
   * Runs tasks and waits until all have ended.
   *
   * @return their results, in the order of the tasks
   * @throws TaskFailedException if one fails; the rest is cancelled then
   * @throws InputException if the input fails; the rest is cancelled then
   * @throws InterruptedException if interrupted; the rest is cancelled then
   */
  public <R extends @Nullable Object> List<R> invokeAll(
      Iterable<? extends Callable<? extends R>> tasks) throws InterruptedException {
    return all(
        asCompleted(Input.<Callable<? extends R>>of(tasks, time(), UnstartedTaskCloser::close)));
  }

  /** Runs tasks and waits until all have ended, as {@link #invokeAll(Iterable)}. */
  public <R extends @Nullable Object> List<R> invokeAll(
      Stream<? extends Callable<? extends R>> tasks) throws InterruptedException {
    return all(asCompleted(Input.<Callable<? extends R>>of(tasks)));
  }

  private static <R extends @Nullable Object> List<R> all(Results<?, R> results)
      throws InterruptedException {
    List<Outcome<?, R>> all = new ArrayList<>();
    try (results) {
      for (Outcome<?, R> outcome = results.await(); outcome != null; outcome = results.await()) {
        outcome.value();
        all.add(outcome);
      }
    }
    all.sort(Comparator.comparingLong(Outcome::index));
    List<R> values = new ArrayList<>();
    all.forEach(outcome -> values.add(outcome.value()));
    return values;
  }

  /**
   * Runs tasks until one succeeds, and cancels the rest.
   *
   * @return its result
   * @throws TaskFailedException if all fail: the failure of the first that did, with the others
   *     suppressed in it
   * @throws IllegalArgumentException if there are no tasks
   * @throws InputException if the input fails
   * @throws InterruptedException if interrupted; the rest is cancelled then
   */
  public <R extends @Nullable Object> R invokeAny(Iterable<? extends Callable<? extends R>> tasks)
      throws InterruptedException {
    return any(
        asCompleted(Input.<Callable<? extends R>>of(tasks, time(), UnstartedTaskCloser::close)));
  }

  /** Runs tasks until one succeeds, as {@link #invokeAny(Iterable)}. */
  public <R extends @Nullable Object> R invokeAny(Stream<? extends Callable<? extends R>> tasks)
      throws InterruptedException {
    return any(asCompleted(Input.<Callable<? extends R>>of(tasks)));
  }

  private <R extends @Nullable Object> Results<?, R> asCompleted(
      Input<Callable<? extends R>> tasks) {
    return RunResults.<Callable<? extends R>, R>beginTasks(
        config.withOrdered(false), tasks, Headway::onePermit);
  }

  private static <R extends @Nullable Object> R any(Results<?, R> results)
      throws InterruptedException {
    TaskFailedException failure = null;
    try (results) {
      for (Outcome<?, R> outcome = results.await(); outcome != null; outcome = results.await()) {
        if (outcome instanceof Outcome.Failure<?, R> failed) {
          if (failure == null) {
            failure = failed.exception();
          } else {
            failure.addSuppressed(failed.exception());
          }
        } else {
          return outcome.value();
        }
      }
    }
    if (failure == null) {
      throw new IllegalArgumentException("invokeAny needs at least one task");
    }
    throw failure;
  }

  /**
   * Runs one item in the calling thread, with the throttle and the retries of this run and nothing
   * else of it.
   *
   * @return its outcome; an interrupt is a failure too, and stays pending
   */
  public <T extends @Nullable Object, R extends @Nullable Object> Outcome<T, R> attempt(
      T item, Task<? super T, ? extends R> task) {
    return attempt(item, Headway::onePermit, task);
  }

  /**
   * Runs one item in the calling thread, as {@link #attempt(Object, Task)}.
   *
   * @param cost the cost of the item; without it it costs one permit
   */
  public <T extends @Nullable Object, R extends @Nullable Object> Outcome<T, R> attempt(
      T item, Function<? super T, Cost> cost, Task<? super T, ? extends R> task) {
    return new ItemExecution<>(ItemExecution.Work.<T, R>of(config, cost, task), item, 0).attempt();
  }
}
