package dev.headway.tests.cost;

import dev.headway.testkit.VirtualTime;
import dev.headway.throttle.KeyedThrottle;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import dev.headway.time.TimeSource;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;

/** A program whose calls {@link CallsTest} counts, between {@link #begin} and {@link #end}. */
final class CountedProgram {

  private CountedProgram() {}

  static void begin() {
    mark = true;
  }

  static void end() {
    mark = false;
  }

  @SuppressWarnings("UnusedVariable") // so that the marks are not empty
  private static volatile boolean mark;

  /** Runs a scenario: {@code uncontended}, {@code waiting} or {@code other key}. */
  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "uncontended" -> uncontended();
      case "waiting" -> waiting();
      case "other key" -> otherKey();
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private static void uncontended() throws InterruptedException {
    Throttle throttle = Throttle.of("1000/h");
    throttle.acquire().close();
    begin();
    Permit permit = throttle.acquire();
    end();
    permit.close();
  }

  private static void otherKey() throws InterruptedException {
    KeyedThrottle<String> keys = Throttle.of("1000/h").keyed((key, limits) -> limits.rate("2/h"));
    keys.get("waiting").acquire(2);
    CompletableFuture<Permit> waiting = keys.get("waiting").acquireAsync();
    keys.get("other").acquire();
    begin();
    Permit permit = keys.get("other").acquire();
    end();
    permit.close();
    waiting.cancel(true);
  }

  private static void waiting() throws Exception {
    VirtualTime virtual = new VirtualTime();
    virtual.run(() -> {
      TimeSource counting =
          (TimeSource)
              Proxy.newProxyInstance(
                  TimeSource.class.getClassLoader(),
                  new Class<?>[] {TimeSource.class},
                  (proxy, method, arguments) -> {
                    if (method.getName().equals("nanoTime")) {
                      readClock();
                    }
                    return method.invoke(virtual, arguments);
                  });
      Throttle throttle = Throttle.builder().rate("1/s").timeSource(counting).build();
      throttle.acquire().close();
      begin();
      Permit permit = throttle.acquire();
      end();
      permit.close();
      return true;
    });
  }

  private static void readClock() {
    Thread.onSpinWait();
  }
}
