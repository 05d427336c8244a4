package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.limit.Rule;
import dev.headway.time.Durations;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Earlier starts and ends, in order, as limits get them. */
final class StartHistory {

  private record Event(long at, boolean starts, long startedAt, Cost cost) {}

  /** Longer than any period. */
  private static final long LONG_OVER = Long.MAX_VALUE / 2;

  private final List<Event> events = new ArrayList<>();

  /**
   * Converts earlier starts to a throttle's time. An instant in the future counts as now.
   *
   * @param clockAtZero the wall clock, in nanoseconds since 1970, when that time was 0
   * @param now that time, now
   */
  StartHistory(Collection<PriorStart> works, long clockAtZero, long now) {
    for (PriorStart work : works) {
      long start = instant(work.startedAt(), clockAtZero, now);
      long end = work.endedAt().map(at -> instant(at, clockAtZero, now)).orElse(now);
      events.add(new Event(start, true, start, work.cost()));
      events.add(new Event(Math.max(start, end), false, start, work.cost()));
    }
    events.sort(Comparator.comparingLong(Event::at).thenComparing(event -> !event.starts()));
  }

  /** An instant long ago counts nowhere; it is moved to where arithmetic does not overflow. */
  private static long instant(Instant at, long clockAtZero, long now) {
    long instant = Durations.minus(Durations.nanos(at), clockAtZero);
    return Math.clamp(instant, now - LONG_OVER, now);
  }

  /** Adds all of it to a limit. */
  void tell(Rule rule) {
    for (Event event : events) {
      long amount = event.cost().amount(rule.currency());
      if (amount > 0 && event.starts()) {
        rule.limit().start(event.at(), amount);
      } else if (amount > 0) {
        rule.limit().end(event.startedAt(), event.at(), amount);
      }
    }
  }
}
