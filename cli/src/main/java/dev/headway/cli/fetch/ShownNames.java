package dev.headway.cli.fetch;

import dev.headway.limit.Cost;
import dev.headway.limit.LimitSnapshot;
import dev.headway.throttle.ThrottleListener;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Tells another listener what a throttle does, with the names of throttles as they may be shown: a
 * host's throttle is called by its host.
 *
 * @param listener hears it
 * @param shown makes a name one that may be shown
 */
record ShownNames(ThrottleListener listener, UnaryOperator<String> shown)
    implements ThrottleListener {

  @Override
  public void onWait(String throttle, Cost cost, Duration expected) {
    listener.onWait(shown.apply(throttle), cost, expected);
  }

  @Override
  public void onQueue(String throttle, Cost cost) {
    listener.onQueue(shown.apply(throttle), cost);
  }

  @Override
  public void onGrant(String throttle, Cost cost, Duration waited) {
    listener.onGrant(shown.apply(throttle), cost, waited);
  }

  @Override
  public void onRelease(String throttle, Cost cost, Duration held) {
    listener.onRelease(shown.apply(throttle), cost, held);
  }

  @Override
  public void onRefuse(String throttle, Cost cost, RuntimeException reason) {
    listener.onRefuse(shown.apply(throttle), cost, reason);
  }

  @Override
  public void onGiveUp(String throttle, Cost cost, Duration waited) {
    listener.onGiveUp(shown.apply(throttle), cost, waited);
  }

  @Override
  public void onPause(String throttle, Duration pause) {
    listener.onPause(shown.apply(throttle), pause);
  }

  @Override
  public void onUpdate(String throttle, List<LimitSnapshot> rules) {
    listener.onUpdate(shown.apply(throttle), rules);
  }
}
