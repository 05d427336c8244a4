package dev.headway;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The call that an {@link Around} makes; it keeps the result of the task, or its exception. */
final class AroundCall<R extends @Nullable Object> implements Callable<R> {

  private final Callable<? extends R> task;
  private boolean called;
  private @Nullable R result;
  private @Nullable Exception failure;

  AroundCall(Callable<? extends R> task) {
    this.task = task;
  }

  @Override
  public R call() throws Exception {
    called = true;
    failure = null;
    try {
      R returned = task.call();
      result = returned;
      return returned;
    } catch (Exception e) {
      failure = e;
      throw e;
    }
  }

  /** Throws the task's exception too where the wrapper has swallowed it. */
  @SuppressWarnings("NullAway") // a result may be null where the task's type allows it
  R result() throws Exception {
    if (failure != null) {
      throw failure;
    }
    if (!called) {
      throw new IllegalStateException("around(...) did not call the task");
    }
    return result;
  }
}
