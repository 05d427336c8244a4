package dev.headway;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * The slots of a run's concurrency, and the threads that wait for one in arrival order. The
 * engine's lock guards it.
 */
final class Slots {

  private int free;
  private final Queue<Thread> waiting = new ArrayDeque<>();

  Slots(int count) {
    this.free = count;
  }

  /** Whether one is free and no thread waits for it. */
  boolean isOneFree() {
    return free > 0 && waiting.isEmpty();
  }

  boolean areAllTaken() {
    return free == 0;
  }

  /** Takes a slot if one is free and no thread waits for it. */
  boolean take() {
    boolean taken = isOneFree();
    free -= taken ? 1 : 0;
    return taken;
  }

  /** A thread waits for a slot from now on. */
  void join(Thread thread) {
    waiting.add(thread);
  }

  /** Whether a thread that has joined has got no slot yet. */
  boolean isWaiting(Thread thread) {
    return waiting.contains(thread);
  }

  /** A thread waits no longer. */
  void leave(Thread thread) {
    waiting.remove(thread);
  }

  /** Returns a slot. The thread that gets it, if one waits, must be woken outside of the lock. */
  List<Thread> giveBack() {
    Thread next = waiting.poll();
    if (next != null) {
      return List.of(next);
    }
    free++;
    return List.of();
  }
}
