package dev.headway;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** So many places, one for each that works at a time. Used under the crew's guard. */
final class Places {

  private final int most;
  private int taken;

  /** Those that have an item and want a place for it, in the order in which they came. */
  private final Queue<Worker> wanting = new ArrayDeque<>();

  Places(int most) {
    this.most = most;
  }

  boolean isOneLeft() {
    return taken < most;
  }

  /** Gives a place, of which one is left. */
  void give(Worker worker) {
    worker.hasPlace = true;
    taken++;
  }

  /** Gives a place, or keeps in mind that one is wanted. */
  void giveOrPromise(Worker worker) {
    if (isOneLeft() && wanting.isEmpty()) {
      give(worker);
    } else {
      wanting.add(worker);
    }
  }

  /** Takes a worker's place back, if it has one. True if somebody wants it. */
  boolean takeBack(Worker worker) {
    if (worker.hasPlace) {
      worker.hasPlace = false;
      taken--;
    }
    return !wanting.isEmpty();
  }

  /** Gives what is left to those that want it; they must be told. */
  List<Worker> keepPromises() {
    if (wanting.isEmpty()) {
      return List.of();
    }
    List<Worker> told = new ArrayList<>();
    while (isOneLeft() && !wanting.isEmpty()) {
      Worker next = wanting.remove();
      give(next);
      told.add(next);
    }
    return told;
  }
}
