package dev.headway.testkit;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Notices threads that have all stood at the same places for too long. */
final class StuckCheck {

  /** Where a wait may be for something of another process, and may take as long as that does. */
  private static final List<String> IO =
      List.of("java.io.", "java.net.", "java.nio.", "sun.nio.", "jdk.internal.net.", "io.netty.");

  private static final int SHOWN_FRAMES = 12;

  private final long patienceNanos;
  private final long ioPatienceNanos;
  private Map<Thread, Place> places = Map.of();
  private long stoodNanos;

  StuckCheck(long patienceNanos, long ioPatienceNanos) {
    this.patienceNanos = patienceNanos;
    this.ioPatienceNanos = ioPatienceNanos;
  }

  /** Where a thread stands: each wait of a lock or a future has a blocker of its own. */
  private record Place(int blocker, List<StackTraceElement> stack) {

    static Place of(Thread thread) {
      return new Place(
          System.identityHashCode(LockSupport.getBlocker(thread)), List.of(thread.getStackTrace()));
    }

    boolean isIo() {
      return stack.stream()
          .anyMatch(frame -> IO.stream().anyMatch(frame.getClassName()::startsWith));
    }
  }

  /**
   * Looks at threads after some more time.
   *
   * @return whether all have stood still for too long
   */
  boolean look(Collection<Thread> threads, long nanosSinceLastLook) {
    Map<Thread, Place> now = new HashMap<>();
    for (Thread thread : threads) {
      if (thread.getState() == Thread.State.NEW || OutsideThreads.works(thread)) {
        forget();
        return false;
      }
      now.put(thread, Place.of(thread));
    }
    if (now.isEmpty() || !now.equals(places)) {
      places = now;
      stoodNanos = 0;
      return false;
    }
    stoodNanos += nanosSinceLastLook;
    boolean io = now.values().stream().anyMatch(Place::isIo);
    return stoodNanos >= (io ? ioPatienceNanos : patienceNanos);
  }

  void forget() {
    places = Map.of();
    stoodNanos = 0;
  }

  /** Where a thread stands, for a message. */
  static String describe(Thread thread) {
    StringBuilder text = new StringBuilder("\n  ").append(name(thread));
    text.append(", ").append(thread.getState());
    Object blocker = LockSupport.getBlocker(thread);
    if (blocker != null) {
      text.append(" on ").append(blocker.getClass().getName());
    }
    StackTraceElement[] stack = thread.getStackTrace();
    List.of(stack).stream()
        .filter(frame -> !frame.getClassName().startsWith("java.lang.VirtualThread"))
        .limit(SHOWN_FRAMES)
        .forEach(frame -> text.append("\n    at ").append(frame));
    return text.toString();
  }

  static String name(Thread thread) {
    return thread.getName().isEmpty() ? "thread #" + thread.threadId() : thread.getName();
  }
}
