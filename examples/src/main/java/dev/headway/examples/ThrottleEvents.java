package dev.headway.examples;

import dev.headway.throttle.KeyedThrottle;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleEvent;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Listens to the events of a throttle. */
public final class ThrottleEvents {

  private ThrottleEvents() {}

  /** Runs it. */
  public static void main(String[] args) throws InterruptedException {
    LongAdder waits = new LongAdder();
    Map<Long, ThrottleEvent.Granted> open = new ConcurrentHashMap<>();
    Map<Object, Duration> held = new ConcurrentHashMap<>();

    Throttle api =
        Throttle.builder()
            .name("api")
            .rate("20/s")
            .listener(event -> {
              switch (event) {
                case ThrottleEvent.Waiting waiting -> waits.increment();
                case ThrottleEvent.Granted granted -> open.put(granted.permit(), granted);
                case ThrottleEvent.Released released -> {
                  open.remove(released.permit());
                  held.merge(released.key().orElse("none"), released.held(), Duration::plus);
                }
                default -> {}
              }
            })
            .build();

    KeyedThrottle<String> hosts = api.keyed((host, limits) -> limits.concurrency(2));
    try (Permit first = hosts.get("a.example").acquire(2)) {
      hosts.get("b.example").acquire(1).close();
      System.out.println(
          "open: " + open.values().stream().map(ThrottleEvent.Granted::cost).toList());
    }
    api.acquire(18).close();
    System.out.println("waits: " + waits + ", keys: " + held.keySet().stream().sorted().toList());
  }
}
