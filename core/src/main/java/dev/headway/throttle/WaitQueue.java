package dev.headway.throttle;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The waiting callers of a partition, first come first served, where a head start makes some count
 * as having come earlier or later than they did.
 *
 * <p>This is the ageing of operating systems' schedulers without the ageing: a head start is
 * subtracted from the instant of arrival once, so the order of two callers never changes, and a
 * caller that has waited for longer than another's head start goes before it.
 *
 * <p>Callers without a head start arrive in order. They are a linked list, which each joins and
 * leaves in constant time; the others are a tree.
 */
final class WaitQueue {

  private @Nullable Waiter first;
  private @Nullable Waiter last;
  private int listed;

  private final NavigableSet<Waiter> ranked = new TreeSet<>(Waiter.ORDER);

  int size() {
    return listed + ranked.size();
  }

  @Nullable Waiter first() {
    if (ranked.isEmpty()) {
      return first;
    }
    Waiter ahead = ranked.first();
    return first != null && first.before(ahead) ? first : ahead;
  }

  void add(Waiter waiter) {
    if (waiter.headStartNanos != 0) {
      ranked.add(waiter);
      return;
    }
    waiter.previous = last;
    if (last == null) {
      first = waiter;
    } else {
      last.next = waiter;
    }
    last = waiter;
    listed++;
  }

  void remove(Waiter waiter) {
    if (waiter.headStartNanos != 0) {
      ranked.remove(waiter);
      return;
    }
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
    waiter.previous = null;
    waiter.next = null;
    listed--;
  }

  /** The first who wait, in order. */
  List<Waiter> first(long most) {
    List<Waiter> inOrder = new ArrayList<>();
    Iterator<Waiter> ahead = ranked.iterator();
    Waiter other = ahead.hasNext() ? ahead.next() : null;
    Waiter waiter = first;
    while (inOrder.size() < most && (waiter != null || other != null)) {
      if (waiter == null || (other != null && other.before(waiter))) {
        inOrder.add(other);
        other = ahead.hasNext() ? ahead.next() : null;
      } else {
        inOrder.add(waiter);
        waiter = waiter.next;
      }
    }
    return inOrder;
  }

  /** All who wait, in no order. */
  List<Waiter> all() {
    List<Waiter> all = new ArrayList<>(ranked);
    for (Waiter waiter = first; waiter != null; waiter = waiter.next) {
      all.add(waiter);
    }
    return all;
  }

  /** The callers behind a rank. */
  List<Waiter> after(long rank) {
    List<Waiter> after = new ArrayList<>();
    Iterator<Waiter> latestFirst = ranked.descendingIterator();
    while (latestFirst.hasNext()) {
      Waiter waiter = latestFirst.next();
      if (waiter.rank() <= rank) {
        break;
      }
      after.add(waiter);
    }
    for (Waiter waiter = last; waiter != null && waiter.rank() > rank; waiter = waiter.previous) {
      after.add(waiter);
    }
    return after;
  }
}
