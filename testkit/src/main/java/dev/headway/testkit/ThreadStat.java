package dev.headway.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The scheduling state of a platform thread as Linux shows it ({@code /proc/PID/task/TID/stat}). A
 * thread that has been woken is runnable there at once. {@link Thread#getState} says that it waits
 * until it runs, which can take milliseconds on a busy machine.
 */
record ThreadStat(Path file) {

  private static final Path CURRENT = Path.of("/proc/thread-self");

  /** That of the current thread; null for a virtual thread, and where the system has none. */
  static @Nullable ThreadStat ofCurrentThread() {
    if (Thread.currentThread().isVirtual() || !Files.isSymbolicLink(CURRENT)) {
      return null;
    }
    try {
      return new ThreadStat(
          Path.of("/proc").resolve(Files.readSymbolicLink(CURRENT)).resolve("stat"));
    } catch (IOException e) {
      return null; // a system that does not show it
    }
  }

  /** Whether the thread runs or waits for a processor; false if it has ended. */
  boolean isRunnable() {
    try {
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      // The state follows the name, which is in parentheses and may hold any character.
      int state = text.lastIndexOf(')') + 2;
      return state < text.length() && text.charAt(state) == 'R';
    } catch (IOException e) {
      return false; // it has ended
    }
  }
}
