package dev.headway.throttle;

import org.jspecify.annotations.Nullable;

/** A line of callers: the urgent ones first, each kind in order of arrival. */
final class WaitQueue {

  private @Nullable Waiter first;
  private @Nullable Waiter last;
  private @Nullable Waiter lastUrgent;
  private int size;

  int size() {
    return size;
  }

  @Nullable Waiter first() {
    return first;
  }

  void add(Waiter waiter) {
    Waiter before = waiter.urgent ? lastUrgent : last;
    Waiter after = before == null ? first : before.next;
    waiter.previous = before;
    waiter.next = after;
    if (before == null) {
      first = waiter;
    } else {
      before.next = waiter;
    }
    if (after == null) {
      last = waiter;
    } else {
      after.previous = waiter;
    }
    if (waiter.urgent) {
      lastUrgent = waiter;
    }
    size++;
  }

  @SuppressWarnings("ReferenceEquality") // a caller is itself alone
  void remove(Waiter waiter) {
    Waiter before = waiter.previous;
    Waiter after = waiter.next;
    if (before == null) {
      first = after;
    } else {
      before.next = after;
    }
    if (after == null) {
      last = before;
    } else {
      after.previous = before;
    }
    if (lastUrgent == waiter) {
      lastUrgent = before;
    }
    waiter.previous = null;
    waiter.next = null;
    size--;
  }
}
