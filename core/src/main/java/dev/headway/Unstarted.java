package dev.headway;

import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** Tasks that have been taken from their input and will never start. */
final class Unstarted {

  private static final System.Logger LOGGER = System.getLogger("dev.headway");

  private Unstarted() {}

  /**
   * Closes a task, if it can be. What that throws is logged: the run has ended for another reason,
   * or goes on.
   */
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
