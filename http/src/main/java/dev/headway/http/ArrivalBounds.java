package dev.headway.http;

import dev.headway.limit.Counted;
import dev.headway.limit.LimitSnapshot;
import dev.headway.limit.Rate;
import dev.headway.limit.Rule;
import dev.headway.limit.SlidingWindow;
import dev.headway.throttle.Throttle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** Learns the bounds of limits that count on arrival, and sets them. */
final class ArrivalBounds {

  /** From here on, scopes of which nothing was learnt are forgotten. */
  private static final int MOST = 10_000;

  private final Throttle all;
  private final boolean ofAll;
  private final ArrivalBound boundOfAll = new ArrivalBound();
  private final Map<String, ArrivalBound> bounds = new ConcurrentHashMap<>();

  /** Learns for each scope; {@code ofAll} says whether for the limits of all requests, too. */
  ArrivalBounds(Throttle all, boolean ofAll) {
    this.all = all;
    this.ofAll = ofAll;
  }

  /** A scope has carried out a request. */
  void responded(String scope, Throttle throttle) {
    learn(scope, throttle, ArrivalBound::responded);
  }

  /** A scope refuses requests. */
  void refused(String scope, Throttle throttle) {
    learn(scope, throttle, ArrivalBound::refused);
  }

  private void learn(String scope, Throttle throttle, Predicate<ArrivalBound> what) {
    if (bounds.size() >= MOST) {
      bounds.values().removeIf(ArrivalBound::isFirst);
    }
    ArrivalBound bound = bounds.computeIfAbsent(scope, name -> new ArrivalBound());
    if (what.test(bound)) {
      set(throttle, bound);
    }
    if (ofAll && what.test(boundOfAll)) {
      set(all, boundOfAll);
    }
  }

  /** Rates without a name are replaced together, so all of them are given. */
  private static void set(Throttle throttle, ArrivalBound bound) {
    List<LimitSnapshot> rates =
        throttle.snapshot().rules().stream()
            .filter(limit -> limit.kind().equals(Rule.RATE) && limit.rate().isPresent())
            .toList();
    if (rates.stream().noneMatch(ArrivalBounds::countsOnArrival)) {
      return;
    }
    List<Rule> rules = new ArrayList<>();
    for (LimitSnapshot limit : rates) {
      Rate rate = limit.rate().orElseThrow();
      Counted counted =
          countsOnArrival(limit)
              ? Counted.onArrival(bound.of(rate.period()))
              : limit.counted().orElse(Counted.FROM_START);
      rules.add(
          new Rule(
              Rule.RATE,
              limit.name().orElse(""),
              limit.currency(),
              new SlidingWindow(rate, counted)));
    }
    throttle.update(rules, false);
  }

  private static boolean countsOnArrival(LimitSnapshot limit) {
    return limit.counted().flatMap(Counted::bound).isPresent();
  }
}
