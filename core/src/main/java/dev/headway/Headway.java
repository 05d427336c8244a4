package dev.headway;

import dev.headway.limit.Cost;
import dev.headway.limit.Rate;
import dev.headway.throttle.Throttle;
import dev.headway.time.Durations;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs many tasks within limits, some at once. Immutable: each setting gives another one, and one
 * can run any number of times.
 *
 * <pre>{@code
 * Headway run = Headway.with("100/m", "5/s").atOnce(8);
 * try (Results<Url, Page> pages = run.map(urls, this::fetch)) {
 *   for (Page page : pages) {
 *     save(page);
 *   }
 * }
 * }</pre>
 *
 * <p>Inputs are pulled lazily, one item at a time, by one thread at a time, and closed if they can
 * be. Every item ends as exactly one outcome; where the caller leaves early, those that have not
 * are known: items start in input order, and {@link Progress#started} says how many have.
 */
public final class Headway {

  /** No bound on how many run at once. */
  public static final int UNLIMITED = -1;

  private static final Duration TELL_EVERY = Duration.ofMillis(100);

  private final Plan plan;

  private Headway(Plan plan) {
    this.plan = plan;
  }

  /** Runs tasks that wait on a throttle. */
  public static Headway with(Throttle throttle) {
    int atOnce = Math.min(32, Runtime.getRuntime().availableProcessors() + 4);
    return new Headway(
        new Plan(
            throttle,
            atOnce,
            false,
            Retry.never(),
            item -> Cost.one(),
            Optional.empty(),
            TELL_EVERY));
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

  /** Runs tasks that wait for nothing but for their number at once. */
  public static Headway unthrottled() {
    return with(Throttle.unlimited());
  }

  /**
   * The same, with so many at once. Without this it is the number of processors and 4, at most 32.
   *
   * @param most at least 1, or {@link #UNLIMITED}
   * @throws IllegalArgumentException if it is neither
   */
  public Headway atOnce(int most) {
    if (most < 1 && most != UNLIMITED) {
      throw new IllegalArgumentException(
          "atOnce must be at least 1, or Headway.UNLIMITED, not " + most);
    }
    int atOnce = most == UNLIMITED ? Integer.MAX_VALUE : most;
    return new Headway(plan.withAtOnce(atOnce));
  }

  /** The same, with results in input order rather than as they complete. */
  public Headway ordered() {
    return new Headway(plan.withOrdered(true));
  }

  /** The same, with some failures tried again. */
  public Headway retry(Retry retry) {
    return new Headway(plan.withRetry(retry));
  }

  /**
   * The same, with a cost for each item; without this each costs one permit.
   *
   * @param costing says what an item costs; give its parameter the type of the items that will be
   *     run, since a run of others fails each of them
   */
  public <T> Headway costing(Function<? super T, Cost> costing) {
    @SuppressWarnings("unchecked") // a wrong type is told by the outcome of its item
    Function<Object, Cost> any = item -> costing.apply((T) item);
    return new Headway(plan.withCosting(any));
  }

  /**
   * The same, telling a listener how far each run has come: after outcomes, at most ten times a
   * second and never twice at a time, and once when the run has ended.
   */
  public Headway onProgress(Consumer<? super Progress> listener) {
    return onProgress(TELL_EVERY, listener);
  }

  /**
   * The same, telling a listener how far each run has come at most so often, and once at its end.
   *
   * @throws IllegalArgumentException if the duration is negative
   */
  public Headway onProgress(Duration every, Consumer<? super Progress> listener) {
    if (every.isNegative()) {
      throw new IllegalArgumentException(
          "the interval of progress must not be negative: " + Durations.print(every));
    }
    return new Headway(plan.withProgress(every, listener));
  }

  /** Runs a task on each item. It begins at once; the results must be closed. */
  public <T extends @Nullable Object, R extends @Nullable Object> Results<T, R> map(
      Iterable<? extends T> items, Task<? super T, ? extends R> task) {
    return RunResults.begin(plan, Input.<T>of(items), task);
  }

  /** Runs a task on each item. It begins at once; the results must be closed. */
  public <T extends @Nullable Object, R extends @Nullable Object> Results<T, R> map(
      Iterator<? extends T> items, Task<? super T, ? extends R> task) {
    return RunResults.begin(plan, Input.<T>of(items), task);
  }

  /** Runs a task on each item. It begins at once; the results must be closed. */
  public <T extends @Nullable Object, R extends @Nullable Object> Results<T, R> map(
      Stream<? extends T> items, Task<? super T, ? extends R> task) {
    return RunResults.begin(plan, Input.<T>of(items), task);
  }

  /** Runs a task on each item. It begins at once; the results must be closed. */
  public <T, R extends @Nullable Object> Results<T, R> map(
      Flow.Publisher<? extends T> items, Task<? super T, ? extends R> task) {
    TimeSource time = plan.throttle().timeSource();
    return RunResults.begin(plan, Input.<T>of(items, time, item -> {}), task);
  }

  /**
   * Runs tasks. They begin at once; the results must be closed. A null task is an outcome with an
   * {@link InvalidTaskException}.
   *
   * <p>A task that never starts, because the run has failed or been left or because the task cannot
   * start, is closed if it is {@link AutoCloseable}: each that has been pulled from the input, and
   * where the input is a collection, whose tasks are all there, the rest of it too. What closing
   * throws is logged as a warning to the {@link System.Logger} {@code dev.headway}. A task that has
   * started sees to itself.
   */
  public <R extends @Nullable Object> Results<Callable<R>, R> concurrent(
      Iterable<? extends Callable<R>> tasks) {
    return RunResults.beginTasks(plan, Input.<Callable<R>>of(tasks, Unstarted::close));
  }

  /** Runs tasks, as {@link #concurrent(Iterable)}. */
  public <R extends @Nullable Object> Results<Callable<R>, R> concurrent(
      Iterator<? extends Callable<R>> tasks) {
    return RunResults.beginTasks(plan, Input.<Callable<R>>of(tasks));
  }

  /** Runs tasks, as {@link #concurrent(Iterable)}. */
  public <R extends @Nullable Object> Results<Callable<R>, R> concurrent(
      Stream<? extends Callable<R>> tasks) {
    return RunResults.beginTasks(plan, Input.<Callable<R>>of(tasks));
  }

  /** Runs tasks, as {@link #concurrent(Iterable)}. */
  public <R extends @Nullable Object> Results<Callable<R>, R> concurrent(
      Flow.Publisher<? extends Callable<R>> tasks) {
    return RunResults.beginTasks(plan, this.<Callable<R>>published(tasks));
  }

  /** Published tasks; one that comes too late is closed if it can be. */
  private <C> Input<C> published(Flow.Publisher<? extends C> tasks) {
    return Input.<C>of(tasks, plan.throttle().timeSource(), Unstarted::close);
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

  /** Runs an action on each item, as {@link #forEach(Iterable, Action)}. */
  public <T extends @Nullable Object> void forEach(
      Iterator<? extends T> items, Action<? super T> action) throws InterruptedException {
    finish(this.<T, Boolean>map(items, task(action)));
  }

  /** Runs an action on each item, as {@link #forEach(Iterable, Action)}. */
  public <T extends @Nullable Object> void forEach(
      Stream<? extends T> items, Action<? super T> action) throws InterruptedException {
    finish(this.<T, Boolean>map(items, task(action)));
  }

  /** Runs an action on each item, as {@link #forEach(Iterable, Action)}. */
  public <T> void forEach(Flow.Publisher<? extends T> items, Action<? super T> action)
      throws InterruptedException {
    finish(this.<T, Boolean>map(items, task(action)));
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
    return all(asCompleted(Input.<Callable<? extends R>>of(tasks, Unstarted::close)));
  }

  /** Runs tasks and waits until all have ended, as {@link #invokeAll(Iterable)}. */
  public <R extends @Nullable Object> List<R> invokeAll(
      Iterator<? extends Callable<? extends R>> tasks) throws InterruptedException {
    return all(asCompleted(Input.<Callable<? extends R>>of(tasks)));
  }

  /** Runs tasks and waits until all have ended, as {@link #invokeAll(Iterable)}. */
  public <R extends @Nullable Object> List<R> invokeAll(
      Stream<? extends Callable<? extends R>> tasks) throws InterruptedException {
    return all(asCompleted(Input.<Callable<? extends R>>of(tasks)));
  }

  /** Runs tasks and waits until all have ended, as {@link #invokeAll(Iterable)}. */
  public <R extends @Nullable Object> List<R> invokeAll(
      Flow.Publisher<? extends Callable<? extends R>> tasks) throws InterruptedException {
    return all(asCompleted(published(tasks)));
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
    return any(asCompleted(Input.<Callable<? extends R>>of(tasks, Unstarted::close)));
  }

  /** Runs tasks until one succeeds, as {@link #invokeAny(Iterable)}. */
  public <R extends @Nullable Object> R invokeAny(Iterator<? extends Callable<? extends R>> tasks)
      throws InterruptedException {
    return any(asCompleted(Input.<Callable<? extends R>>of(tasks)));
  }

  /** Runs tasks until one succeeds, as {@link #invokeAny(Iterable)}. */
  public <R extends @Nullable Object> R invokeAny(Stream<? extends Callable<? extends R>> tasks)
      throws InterruptedException {
    return any(asCompleted(Input.<Callable<? extends R>>of(tasks)));
  }

  /** Runs tasks until one succeeds, as {@link #invokeAny(Iterable)}. */
  public <R extends @Nullable Object> R invokeAny(
      Flow.Publisher<? extends Callable<? extends R>> tasks) throws InterruptedException {
    return any(asCompleted(published(tasks)));
  }

  private <R extends @Nullable Object> Results<?, R> asCompleted(
      Input<Callable<? extends R>> tasks) {
    return RunResults.<Callable<? extends R>, R>beginTasks(plan.withOrdered(false), tasks);
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
   * Tries one item in the calling thread, with this run's throttle, costs and retries, and nothing
   * else of it.
   *
   * @return what became of it; an interrupt too is a failure, and stays pending
   */
  public <T extends @Nullable Object, R extends @Nullable Object> Outcome<T, R> attempt(
      T item, Task<? super T, ? extends R> task) {
    TimeSource time = plan.throttle().timeSource();
    Origin origin = Origin.now(time);
    Attempts.Host host = nanos -> time.sleep(Duration.ofNanos(nanos));
    return new Attempts<T, R>(plan, origin, task, item, 0, host, origin.nanos()).run();
  }
}
