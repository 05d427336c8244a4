package dev.headway.cli.plan;

import dev.headway.time.TimeSource;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.Queue;

/**
 * Time that goes from event to event as it is told to, with neither clock nor threads. What is
 * started is done by the thread that lets time pass, before any time does.
 */
final class SimulatedTime implements TimeSource {

  private final Instant origin;
  private final PriorityQueue<Event> events = new PriorityQueue<>(Event::compare);
  private final Queue<Runnable> begun = new ArrayDeque<>();
  private long now;
  private long orders;

  /** Time that begins in 1970. */
  SimulatedTime() {
    this(Instant.EPOCH);
  }

  /** Time that begins at an instant. */
  SimulatedTime(Instant origin) {
    this.origin = origin;
  }

  /** Lets it be an instant of its own at which nothing was scheduled. */
  void goTo(long nanos) {
    now = nanos;
  }

  /** What happens at an instant; of those of one instant, the first that was scheduled is first. */
  private static final class Event {
    final long at;
    final long order;
    final Runnable action;

    Event(long at, long order, Runnable action) {
      this.at = at;
      this.order = order;
      this.action = action;
    }

    static int compare(Event one, Event other) {
      return one.at == other.at
          ? Long.compare(one.order, other.order)
          : Long.compare(one.at, other.at);
    }
  }

  /** Does what comes next. False if nothing does. */
  boolean step() {
    Runnable first = begun.poll();
    if (first != null) {
      first.run();
      return true;
    }
    Event event = events.poll();
    if (event == null) {
      return false;
    }
    now = event.at;
    event.action.run();
    return true;
  }

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public Instant instant() {
    return origin.plusNanos(now);
  }

  @Override
  public Timer schedule(long at, Runnable action) {
    if (at == NEVER) {
      return () -> {};
    }
    Event event = new Event(Math.max(at, now), orders++, action);
    events.add(event);
    return () -> events.remove(event);
  }

  @Override
  public Thread start(String name, Runnable body) {
    begun.add(body);
    return Thread.currentThread();
  }

  /** Lets what comes next happen, or time pass until the deadline. */
  @Override
  public void park(Object blocker, long deadline) {
    boolean before = !begun.isEmpty() || (!events.isEmpty() && events.peek().at <= deadline);
    if (!before && deadline == NEVER) {
      throw new IllegalStateException("nothing will ever happen in this time");
    }
    if (before) {
      step();
    } else {
      now = Math.max(now, deadline);
    }
  }

  @Override
  public void unpark(Thread thread) {
    // The thread that is parked here runs the events itself, and checks again after each.
  }
}
