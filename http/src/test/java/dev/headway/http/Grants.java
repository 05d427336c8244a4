package dev.headway.http;

import dev.headway.throttle.ThrottleEvent;
import dev.headway.throttle.ThrottleListener;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the permits that a throttle, and those of its hosts, have granted. */
final class Grants implements ThrottleListener {

  private final AtomicInteger count = new AtomicInteger();

  @Override
  public void onEvent(ThrottleEvent event) {
    if (event instanceof ThrottleEvent.Granted) {
      count.incrementAndGet();
    }
  }

  int count() {
    return count.get();
  }
}
