package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.limit.Rule;
import dev.headway.time.Durations;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** What was started before, as limits are told of it: each start and each end, in their order. */
final class StartHistory {

  private record Event(long at, boolean starts, long startedAt, Cost cost) {}

  /** Longer than any period. */
  private static final long LONG_OVER = Long.MAX_VALUE / 2;

  private final List<Event> events = new ArrayList<>();

  /**
   * Puts past work into a throttle's time. What is said to lie ahead has happened just now.
   *
   * @param clockAtZero what a clock showed, in nanoseconds since 1970, when that time was 0
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

  /** What is long over counts nowhere: it is put where no arithmetic on it overflows. */
  private static long instant(Instant at, long clockAtZero, long now) {
    long instant = Durations.minus(Durations.nanos(at), clockAtZero);
    return Math.clamp(instant, now - LONG_OVER, now);
  }

  /** Tells a rule all of it. */
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
