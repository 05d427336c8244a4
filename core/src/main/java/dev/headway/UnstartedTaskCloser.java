package dev.headway;

import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** Closes tasks that were taken from their input and never start. */
final class UnstartedTaskCloser {

  private static final System.Logger LOGGER = System.getLogger("dev.headway");

  private UnstartedTaskCloser() {}

  /** Closes a task if it is {@link AutoCloseable}, and logs an exception of its close method. */
  public static void close(@Nullable Object task) {
    if (task instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Throwable e) {
        LOGGER.log(Level.WARNING, "a task that never started failed to close: " + task, e);
      }
    }
  }
}
