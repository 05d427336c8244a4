package dev.headway;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The items of a run that wait in a queue or run: a linked list, which each joins and leaves in
 * constant time. The engine's lock guards it.
 */
final class LiveItems<T extends @Nullable Object, R extends @Nullable Object> {

  private @Nullable ItemExecution<T, R> first;

  boolean isEmpty() {
    return first == null;
  }

  /** Adds an item that is not there yet. */
  void add(ItemExecution<T, R> item) {
    if (item.live) {
      return;
    }
    item.live = true;
    ItemExecution<T, R> second = first;
    item.next = second;
    if (second != null) {
      second.previous = item;
    }
    first = item;
  }

  /** Removes an item if it is there. */
  void remove(ItemExecution<T, R> item) {
    if (!item.live) {
      return;
    }
    item.live = false;
    ItemExecution<T, R> before = item.previous;
    ItemExecution<T, R> after = item.next;
    if (before == null) {
      first = after;
    } else {
      before.next = after;
    }
    if (after != null) {
      after.previous = before;
    }
    item.previous = null;
    item.next = null;
  }

  void forEach(Consumer<ItemExecution<T, R>> action) {
    for (ItemExecution<T, R> item = first; item != null; item = item.next) {
      action.accept(item);
    }
  }
}
