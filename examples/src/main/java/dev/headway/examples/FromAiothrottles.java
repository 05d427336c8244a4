package dev.headway.examples;

import dev.headway.limit.Counted;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/** What one does with aiothrottles, done here. */
public final class FromAiothrottles {

  private FromAiothrottles() {}

  /** Runs it. */
  public static void main(String[] args) throws InterruptedException {
    Throttle throttle = Throttle.builder().rate("1/50ms", Counted.FROM_END).build();

    for (int n = 0; n < 3; n++) {
      Permit permit = throttle.acquire();
      try {
        System.out.println(foo(n));
      } finally {
        permit.release();
      }
    }

    for (int n = 3; n < 6; n++) {
      try (Permit permit = throttle.acquire()) {
        System.out.println(foo(n));
      }
    }

    Function<Integer, String> politeFoo = throttle.function(FromAiothrottles::foo);
    for (int n = 6; n < 9; n++) {
      System.out.println(politeFoo.apply(n));
    }

    Optional<Permit> now = throttle.tryAcquire();
    if (now.isEmpty()) {
      System.out.println("locked: " + throttle.isLocked());
      throttle.snapshot().nextStart().ifPresent(FromAiothrottles::comeBackAt);
    }

    throttle.update(limits -> limits.rate("3/50ms", Counted.FROM_END));
    System.out.println("now " + throttle);
  }

  private static String foo(int n) {
    return "foo " + n;
  }

  private static void comeBackAt(Instant instant) {
    System.out.println("again at " + instant);
  }
}
