package dev.headway;

import java.util.concurrent.Callable;

/**
 * Wraps each attempt of an item, in the item's thread: for a logging context, a scoped value or a
 * measurement.
 *
 * <pre>{@code
 * Around withJob =
 *     task -> {
 *       try (var entry = MDC.putCloseable("job", job)) {
 *         task.call();
 *       }
 *     };
 * }</pre>
 */
@FunctionalInterface
public interface Around {

  /**
   * Calls the task once, which runs the attempt. The run keeps the task's result. An exception of
   * this method is the failure of the attempt.
   *
   * @param task the attempt; it throws the exceptions of the user's task
   * @throws Exception if the attempt fails
   */
  void run(Callable<?> task) throws Exception;
}
