package dev.headway.examples;

import dev.headway.testkit.Stopwatch;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleExceededException;
import dev.headway.throttle.ThrottleListener;
import dev.headway.throttle.Throttled;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** What one does with async-flow-control, done here. */
public final class FromAsyncFlowControl {

  private static final System.Logger LOGGER = System.getLogger("examples");

  private FromAsyncFlowControl() {}

  /** Runs it. */
  public static void main(String[] args) throws InterruptedException {
    rate();
    limitedQueue();
    concurrency();
    spacing();
    decorators();
    timer();
  }

  private static void rate() throws InterruptedException {
    Throttle throttle =
        Throttle.builder()
            .tokenBucket("20/s", 3 + 1)
            .listener(ThrottleListener.logging(LOGGER, Level.DEBUG))
            .build();
    for (int n = 0; n < 5; n++) {
      try (Permit permit = throttle.acquire()) {
        System.out.println("rate " + n);
      }
    }
  }

  private static void limitedQueue() throws InterruptedException {
    Throttle throttle =
        Throttle.builder().spacing("30/m").maxWaiting(10).maxWait(Duration.ofSeconds(1)).build();
    try {
      for (int n = 0; n < 5; n++) {
        throttle.acquire().close();
        System.out.println("queue " + n);
      }
    } catch (ThrottleExceededException e) {
      System.out.println("too long a queue or wait");
    }
  }

  private static void concurrency() throws InterruptedException {
    Throttle throttle = Throttle.builder().concurrency(20).maxWait(Duration.ofSeconds(10)).build();
    System.out.println(throttle.call(() -> "at most twenty at once"));
    try {
      throttle.call(FromAsyncFlowControl::workForAnHour, Duration.ofMillis(20));
    } catch (TimeoutException e) {
      System.out.println("waited and worked for too long");
    }
  }

  private static String workForAnHour() throws InterruptedException {
    Thread.sleep(Duration.ofHours(1));
    return "done";
  }

  private static void spacing() throws InterruptedException {
    Throttle throttle = Throttle.builder().spacing(Duration.ofMillis(50)).align().build();
    for (int n = 0; n < 3; n++) {
      try (Permit permit = throttle.acquire()) {
        System.out.println("spaced " + n);
      }
    }
  }

  interface Service {
    @Throttled
    String process(int n);
  }

  private static void decorators() {
    Throttle throttle = Throttle.builder().spacing("20/s").build();
    Service service = throttle.proxy(Service.class, n -> "service " + n);
    Function<Integer, String> function = throttle.function(n -> "function " + n);
    System.out.println(service.process(1));
    System.out.println(function.apply(2));
  }

  private static void timer() throws InterruptedException {
    Stopwatch timer = new Stopwatch("My Timer", System.out::println).verbose();
    for (int n = 0; n < 2; n++) {
      try (Stopwatch.Span span = timer.start()) {
        Thread.sleep(10);
      }
    }
    Runnable timed = timer.wrap(() -> System.out.println("timed"));
    timed.run();
  }
}
