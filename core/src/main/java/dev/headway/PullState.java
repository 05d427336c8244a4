package dev.headway;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which thread pulls items from the input, and what it has taken for the next one: a credit and, in
 * a run over one throttle, a slot. The engine's lock guards it, except where noted.
 */
final class PullState<T extends @Nullable Object, R extends @Nullable Object> {

  private final Slots<T, R> slots;
  private final ResultQueue<T, R> results;

  /** Whether an item takes its slot before its permit. */
  private final boolean slotFirst;

  private final int mostQueued;

  /** How many items wait in their throttles' queues for their first permit. */
  int queued;

  /** How many items back off. */
  int backingOff;

  boolean inputEnded;

  /** The thread that pulls; null if none does, or if it has not begun. Read without the lock. */
  private volatile @Nullable Thread puller;

  private boolean pulling;

  /** Whether a slot is taken for the next item. Changed by the puller only. */
  private boolean slotReserved;

  /** The item that was pulled and waits for a slot, which a retry took meanwhile. */
  private @Nullable ItemExecution<T, R> waiting;

  /** The same item, once it has its slot and a thread pulls again. Changed by the puller only. */
  private @Nullable ItemExecution<T, R> resumed;

  PullState(Slots<T, R> slots, ResultQueue<T, R> results, boolean slotFirst, int mostQueued) {
    this.slots = slots;
    this.results = results;
    this.slotFirst = slotFirst;
    this.mostQueued = mostQueued;
  }

  boolean isPulling() {
    return pulling;
  }

  @Nullable Thread puller() {
    return puller;
  }

  /** The puller's thread has begun. Called by it without the lock. */
  void setPuller(Thread thread) {
    puller = thread;
  }

  /**
   * Makes a thread the puller if none is and an item could start or enter a queue. Reserves a slot
   * for the next item, unless an item backs off, which may need the slot before the input has an
   * item.
   */
  @SuppressWarnings("ReferenceEquality") // spares a volatile write
  boolean begin(@Nullable Thread thread) {
    if (pulling || inputEnded) {
      return false;
    }
    if (waiting != null) {
      if (!waiting.hasSlot) {
        return false;
      }
      resumed = waiting;
      waiting = null;
    } else {
      if (!slots.isOneFree() || queued >= mostQueued || !results.hasCredit()) {
        return false;
      }
      results.takeCredit();
      if (slotFirst && backingOff == 0) {
        slots.reserve();
        slotReserved = true;
      }
    }
    pulling = true;
    if (puller != thread) {
      puller = thread;
    }
    return true;
  }

  /** Ends one step of the puller, and begins the next one if an item could start. */
  boolean next() {
    pulling = false;
    boolean begun = begin(puller);
    if (!begun) {
      puller = null;
    }
    return begun;
  }

  void end() {
    pulling = false;
    puller = null;
  }

  /** Ends pulling before an item was pulled. Returns the items that get a slot by it. */
  List<ItemExecution<T, R>> abandon() {
    end();
    if (resumed != null) {
      waiting = resumed;
      resumed = null;
      return List.of();
    }
    results.returnUnusedCredit();
    if (slotReserved) {
      slotReserved = false;
      return slots.returnReserved();
    }
    return List.of();
  }

  /** The item that was pulled before, if there is one. Called by the puller without the lock. */
  @Nullable ItemExecution<T, R> resume() {
    ItemExecution<T, R> item = resumed;
    resumed = null;
    return item;
  }

  /** Gives the item the reserved slot, if there is one. Called by the puller without the lock. */
  boolean useReservedSlot(ItemExecution<T, R> item) {
    boolean reserved = slotReserved;
    slotReserved = false;
    item.hasSlot |= reserved;
    return reserved;
  }

  /** The pulled item must wait for a slot. */
  void setWaiting(ItemExecution<T, R> item) {
    waiting = item;
  }

  /** The run is stopped: returns the item that waits for a slot, which never starts. */
  @Nullable ItemExecution<T, R> dropWaiting() {
    ItemExecution<T, R> item = waiting;
    waiting = null;
    return item;
  }
}
