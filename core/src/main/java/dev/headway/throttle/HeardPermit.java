package dev.headway.throttle;

import dev.headway.limit.Cost;
import java.time.Duration;

/** A permit whose end is told to a listener. */
final class HeardPermit implements Permit {

  private final LocalPermit permit;
  private final Settings settings;

  HeardPermit(LocalPermit permit, Settings settings) {
    this.permit = permit;
    this.settings = settings;
  }

  @Override
  public Cost cost() {
    return permit.cost();
  }

  @Override
  public Duration waited() {
    return permit.waited();
  }

  @Override
  public void settle(String budget, long amount) {
    permit.settle(budget, amount);
  }

  @Override
  public void arrived() {
    permit.arrived();
  }

  @Override
  public void release() {
    if (!end()) {
      throw LocalPermit.releasedBefore();
    }
  }

  @Override
  public void close() {
    end();
  }

  private boolean end() {
    boolean first = true;
    try {
      first = permit.end();
    } finally {
      if (first) {
        Duration held = permit.held();
        settings.tell(listener -> listener.onRelease(settings.name(), permit.cost(), held));
      }
    }
    return first;
  }
}
