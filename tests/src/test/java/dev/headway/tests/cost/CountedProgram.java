package dev.headway.tests.cost;

import dev.headway.testkit.VirtualTime;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import dev.headway.time.TimeSource;
import java.lang.reflect.Proxy;

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

  /** Runs what is counted: {@code uncontended} or {@code waiting}. */
  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "uncontended" -> uncontended();
      case "waiting" -> waiting();
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
