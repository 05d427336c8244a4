package dev.headway.testkit;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * Observes threads from outside: which of them work, and whether new ones have been created.
 * Guarded by the lock of a {@link VirtualTime}.
 */
final class OutsideThreads {

  /** A thread that works this long without a call of this time is ignored. */
  private static final long OTHER_BUSINESS_NANOS = 100_000_000;

  private static final ThreadGroup ROOT = root();

  private final Set<Thread> others = Collections.newSetFromMap(new WeakHashMap<>());

  /** The threads that have called, each with what shows its wake-up. */
  private final Map<Thread, Optional<ThreadStat>> callers = new WeakHashMap<>();

  private Map<Thread, Long> workingSince = new HashMap<>();
  private long lastId = nextId();

  private static ThreadGroup root() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    while (group.getParent() != null) {
      group = group.getParent();
    }
    return group;
  }

  /** Thread ids count all threads in order of creation, virtual ones too. */
  private static long nextId() {
    return Thread.ofVirtual().unstarted(() -> {}).threadId();
  }

  /** Whether threads have been created since the last call, other than {@code known} ones. */
  boolean hasNew(long known) {
    long before = lastId;
    lastId = nextId();
    return lastId - before > known + 1;
  }

  /** Notes that the current thread has called. */
  void remember(Thread current) {
    callers.put(current, Optional.ofNullable(ThreadStat.ofCurrentThread()));
  }

  /**
   * Whether a platform thread that has called has been woken and does not run yet, as happens on a
   * busy machine. A virtual thread shows that in its state.
   *
   * @param waiting threads that need no check
   */
  boolean anyIsWoken(Set<Thread> waiting) {
    return callers.entrySet().stream()
        .anyMatch(caller ->
            !waiting.contains(caller.getKey())
                && waits(caller.getKey())
                && caller.getValue().map(ThreadStat::isRunnable).orElse(false));
  }

  private static boolean waits(Thread thread) {
    return switch (thread.getState()) {
      case WAITING, TIMED_WAITING, BLOCKED -> true;
      default -> false;
    };
  }

  /**
   * Whether an unknown platform thread works, such as one that has just been started, or a virtual
   * one that has called; carriers work while a virtual thread does.
   *
   * @param known threads that need no check
   */
  boolean anyWorks(Set<Thread> known, long nowNanos) {
    callers.keySet().removeIf(thread -> !thread.isAlive());
    Map<Thread, Long> working = new HashMap<>();
    Set<Thread> candidates = new HashSet<>(callers.keySet());
    candidates.addAll(alive());
    candidates.removeAll(known);
    candidates.removeAll(others);
    for (Thread thread : candidates) {
      if (mayMatter(thread)) {
        long since = workingSince.getOrDefault(thread, nowNanos);
        if (nowNanos - since > OTHER_BUSINESS_NANOS) {
          others.add(thread);
        } else {
          working.put(thread, since);
        }
      }
    }
    workingSince = working;
    return !working.isEmpty();
  }

  private static List<Thread> alive() {
    Thread[] threads = new Thread[ROOT.activeCount() + 16];
    int count = ROOT.enumerate(threads);
    while (count == threads.length) {
      threads = new Thread[2 * threads.length];
      count = ROOT.enumerate(threads);
    }
    return Arrays.asList(threads).subList(0, count);
  }

  private static boolean mayMatter(Thread thread) {
    if (thread.isVirtual()) {
      return works(thread);
    }
    ThreadGroup group = thread.getThreadGroup();
    return group != null
        && !thread.equals(Thread.currentThread())
        && !group.equals(ROOT)
        && !group.getName().equals("InnocuousThreadGroup") // the JDK's own
        && (works(thread) || thread.getState() == Thread.State.BLOCKED);
  }

  /** Whether a thread has started, has not ended, and is neither waiting nor in input or output. */
  static boolean works(Thread thread) {
    return thread.getState() == Thread.State.RUNNABLE && !isInNativeCode(thread);
  }

  /** Reading a socket or a file has no thread state of its own. */
  private static boolean isInNativeCode(Thread thread) {
    StackTraceElement[] stack = thread.getStackTrace();
    return stack.length > 0
        && stack[0].isNativeMethod()
        && !stack[0].getClassName().startsWith("java.lang.");
  }
}
