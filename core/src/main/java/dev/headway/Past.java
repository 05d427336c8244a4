package dev.headway;

import dev.headway.limit.Rule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What was started before, as limits are told of it: each start and each end, in their order. */
final class Past {

  private record Event(long at, boolean starts, long startedAt, Cost cost) {}

  private final List<Event> events = new ArrayList<>();

  /**
   * Puts past work into a throttle's time. What is said to lie ahead has happened just now.
   *
   * @param clockAtZero what a clock showed, in nanoseconds since 1970, when that time was 0
   * @param now that time, now
   */
  Past(Collection<PastWork> works, long clockAtZero, long now) {
    for (PastWork work : works) {
      long start = Math.min(now, nanos(work.startedAt()) - clockAtZero);
      long end = work.endedAt().map(at -> Math.min(now, nanos(at) - clockAtZero)).orElse(now);
      events.add(new Event(start, true, start, work.cost()));
      events.add(new Event(Math.max(start, end), false, start, work.cost()));
    }
    events.sort(Comparator.comparingLong(Event::at).thenComparing(event -> !event.starts()));
  }

  static long nanos(Instant instant) {
    return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
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
