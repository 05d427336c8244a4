package dev.headway;

import dev.headway.limit.Cost;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The results of a {@link RunEngine}, for its reader. */
final class RunResults<T extends @Nullable Object, R extends @Nullable Object>
    implements Results<T, R> {

  private final RunEngine<T, R> run;
  private @Nullable Outcome<T, R> ahead;
  private boolean ended;

  private RunResults(RunEngine<T, R> run) {
    this.run = run;
  }

  /** Begins to run a task on each item. */
  public static <T extends @Nullable Object, R extends @Nullable Object> RunResults<T, R> begin(
      RunConfig config,
      Input<T> input,
      Function<? super T, Cost> costs,
      Task<? super T, ? extends R> task) {
    return begin(config, input, costs, task, item -> {});
  }

  /** Begins to run tasks; those that never start are closed if they can be. */
  public static <C extends Callable<? extends R>, R extends @Nullable Object>
      RunResults<C, R> beginTasks(
          RunConfig config, Input<C> tasks, Function<? super C, Cost> costs) {
    return begin(config, tasks, costs, Callable::call, UnstartedTaskCloser::close);
  }

  private static <T extends @Nullable Object, R extends @Nullable Object> RunResults<T, R> begin(
      RunConfig config,
      Input<T> input,
      Function<? super T, Cost> costs,
      Task<? super T, ? extends R> task,
      Consumer<? super T> unstarted) {
    try {
      RunEngine<T, R> run =
          new RunEngine<>(ItemExecution.Work.of(config, costs, task), input, unstarted);
      run.begin();
      return new RunResults<>(run);
    } catch (RuntimeException | Error e) {
      closeAfter(e, input);
      throw e;
    }
  }

  private static void closeAfter(Throwable failure, Input<?> input) {
    try {
      input.close();
    } catch (InputException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public @Nullable Outcome<T, R> await() throws InterruptedException {
    Outcome<T, R> outcome = ahead;
    ahead = null;
    if (outcome == null && !ended) {
      outcome = run.state().results.take();
      ended = outcome == null;
    }
    return outcome;
  }

  private @Nullable Outcome<T, R> awaitUnlessInterrupted() {
    try {
      return await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      run.stop();
      CancellationException cancelled =
          new CancellationException("interrupted while waiting for a result");
      cancelled.initCause(e);
      throw cancelled;
    }
  }

  private boolean fillAhead() {
    if (ahead == null) {
      ahead = awaitUnlessInterrupted();
    }
    return ahead != null;
  }

  private Outcome<T, R> takeAhead() {
    Outcome<T, R> outcome = fillAhead() ? ahead : null;
    ahead = null;
    if (outcome == null) {
      throw new NoSuchElementException("all has been read");
    }
    return outcome;
  }

  private static <E extends @Nullable Object> Iterator<E> iterator(
      BooleanSupplier more, Supplier<E> next) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return more.getAsBoolean();
      }

      @Override
      public E next() {
        return next.get();
      }
    };
  }

  @Override
  public Iterator<R> iterator() {
    return iterator(
        this::fillWithResult,
        () -> {
          fillWithResult();
          return takeAhead().value();
        });
  }

  private boolean fillWithResult() {
    boolean more = fillAhead();
    if (run.state().stopped && (more || !run.state().exhausted)) {
      throw new CancellationException("the run was closed before all was read");
    }
    if (ahead instanceof Outcome.Failure<T, R> failure) {
      throw cancelled(failure.exception());
    }
    return more;
  }

  private TaskFailedException cancelled(TaskFailedException failure) {
    try {
      close();
    } catch (InputException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  @Override
  public Iterable<Outcome<T, R>> outcomes() {
    return () -> iterator(this::fillAhead, this::takeAhead);
  }

  @Override
  public Stream<R> stream() {
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(iterator(), Spliterator.ORDERED), false)
        .onClose(this::close);
  }

  @Override
  public List<Outcome.Failure<T, R>> failures() {
    return run.state().failures();
  }

  @Override
  public Progress progress() {
    return run.state().progress();
  }

  @Override
  public void close() {
    run.close();
  }
}
