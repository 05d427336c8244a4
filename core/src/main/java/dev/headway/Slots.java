package dev.headway;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The slots of a run's concurrency, and the items that wait for one in arrival order. The engine's
 * lock guards it.
 */
final class Slots<T extends @Nullable Object, R extends @Nullable Object> {

  private final int most;
  private int taken;
  private final Queue<ItemExecution<T, R>> waiting = new ArrayDeque<>();

  Slots(int most) {
    this.most = most;
  }

  int count() {
    return most;
  }

  /** Whether one is free and no item waits for it. */
  boolean isOneFree() {
    return taken < most && waiting.isEmpty();
  }

  boolean areAllTaken() {
    return taken >= most;
  }

  /** Takes a free one for an item that is yet to be pulled. */
  void reserve() {
    taken++;
  }

  /** Returns a reserved one that no item needs. */
  List<ItemExecution<T, R>> returnReserved() {
    taken--;
    return assign();
  }

  /** Gives an item a slot now; otherwise the item waits for one. */
  boolean takeOrWait(ItemExecution<T, R> item) {
    if (isOneFree()) {
      taken++;
      item.hasSlot = true;
      return true;
    }
    item.waitsForSlot = true;
    waiting.add(item);
    return false;
  }

  /** Returns the slot of an item, if it has one. */
  List<ItemExecution<T, R>> release(ItemExecution<T, R> item) {
    if (!item.hasSlot) {
      return List.of();
    }
    item.hasSlot = false;
    taken--;
    return assign();
  }

  /** Gives free slots to the items that wait; the engine must tell them. */
  private List<ItemExecution<T, R>> assign() {
    if (waiting.isEmpty()) {
      return List.of();
    }
    List<ItemExecution<T, R>> assigned = new ArrayList<>();
    while (taken < most && !waiting.isEmpty()) {
      ItemExecution<T, R> item = waiting.remove();
      item.waitsForSlot = false;
      taken++;
      item.hasSlot = true;
      assigned.add(item);
    }
    return assigned;
  }

  /** An item waits no longer. */
  void stopWaiting(ItemExecution<T, R> item) {
    if (item.waitsForSlot) {
      item.waitsForSlot = false;
      waiting.remove(item);
    }
  }
}
