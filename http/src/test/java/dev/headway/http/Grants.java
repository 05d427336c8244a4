package dev.headway.http;

import dev.headway.limit.Cost;
import dev.headway.throttle.ThrottleListener;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the permits that a throttle, and those of its hosts, have granted. */
final class Grants implements ThrottleListener {

  private final AtomicInteger count = new AtomicInteger();

  @Override
  public void onGrant(String throttle, Cost cost, Duration waited) {
    count.incrementAndGet();
  }

  int count() {
    return count.get();
  }
}
