package dev.headway.cli;

import dev.headway.limit.Cost;
import dev.headway.limit.LimitSnapshot;
import dev.headway.throttle.ThrottleListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Several who hear what a throttle does, in turn.
 *
 * @param all of them
 */
public record Listeners(List<ThrottleListener> all) implements ThrottleListener {

  /** Those of two that there are, as one; empty if there are none. */
  public static Optional<ThrottleListener> of(
      Optional<? extends ThrottleListener> first, Optional<? extends ThrottleListener> second) {
    List<ThrottleListener> there = new ArrayList<>();
    first.ifPresent(there::add);
    second.ifPresent(there::add);
    return there.size() < 2
        ? there.stream().findFirst()
        : Optional.of(new Listeners(List.copyOf(there)));
  }

  @Override
  public void onWait(String throttle, Cost cost, Duration expected) {
    all.forEach(each -> each.onWait(throttle, cost, expected));
  }

  @Override
  public void onQueue(String throttle, Cost cost) {
    all.forEach(each -> each.onQueue(throttle, cost));
  }

  @Override
  public void onGrant(String throttle, Cost cost, Duration waited) {
    all.forEach(each -> each.onGrant(throttle, cost, waited));
  }

  @Override
  public void onRelease(String throttle, Cost cost, Duration held) {
    all.forEach(each -> each.onRelease(throttle, cost, held));
  }

  @Override
  public void onRefuse(String throttle, Cost cost, RuntimeException reason) {
    all.forEach(each -> each.onRefuse(throttle, cost, reason));
  }

  @Override
  public void onGiveUp(String throttle, Cost cost, Duration waited) {
    all.forEach(each -> each.onGiveUp(throttle, cost, waited));
  }

  @Override
  public void onPause(String throttle, Duration pause) {
    all.forEach(each -> each.onPause(throttle, pause));
  }

  @Override
  public void onUpdate(String throttle, List<LimitSnapshot> rules) {
    all.forEach(each -> each.onUpdate(throttle, rules));
  }
}
