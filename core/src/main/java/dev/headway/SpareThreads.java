package dev.headway;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The threads of a run on a machine that cannot start any more: they do not end with their items,
 * but run others. The engine's lock guards it.
 */
final class SpareThreads<T extends @Nullable Object, R extends @Nullable Object> {

  /** Items that have started, without a thread. */
  private final Queue<ItemExecution<T, R>> work = new ArrayDeque<>();

  private final List<Thread> idle = new ArrayList<>();
  private volatile boolean used;

  /** Whether threads do not end with their items; read without the lock. */
  boolean areUsed() {
    return used;
  }

  boolean hasWork() {
    return !work.isEmpty();
  }

  /** An item has no thread. The threads that it returns must be woken outside of the lock. */
  List<Thread> addWork(ItemExecution<T, R> item) {
    used = true;
    work.add(item);
    return wake();
  }

  @Nullable ItemExecution<T, R> pollWork() {
    return work.poll();
  }

  /** A thread waits until it is woken. */
  void addIdle(Thread thread) {
    if (!idle.contains(thread)) {
      idle.add(thread);
    }
  }

  /** No thread can be started. The threads that it returns must be woken outside of the lock. */
  List<Thread> use() {
    used = true;
    return wake();
  }

  /** The idle threads, which must be woken outside of the lock. */
  List<Thread> wake() {
    if (idle.isEmpty()) {
      return List.of();
    }
    List<Thread> woken = List.copyOf(idle);
    idle.clear();
    return woken;
  }
}
