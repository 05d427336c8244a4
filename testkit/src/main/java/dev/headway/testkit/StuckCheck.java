package dev.headway.testkit;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Detects threads that have all stayed at the same positions for too long. */
final class StuckCheck {

  /** Packages in which a wait may depend on another process, and take as long as that does. */
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

  /** A thread's position: each wait for a lock or a future has its own blocker. */
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
   * Checks the threads after some more time.
   *
   * @return whether all have stayed at their positions for too long
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

  /** A thread's position, for a message. */
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
