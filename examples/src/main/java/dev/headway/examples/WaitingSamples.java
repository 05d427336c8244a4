package dev.headway.examples;

import dev.headway.examples.Web.Page;
import dev.headway.examples.Web.Url;
import dev.headway.throttle.AcquireTimeoutException;
import dev.headway.throttle.Permit;
import dev.headway.throttle.QueueFullException;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleExceededException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/** How long callers wait, and what they get when no permit is to be had. */
public final class WaitingSamples {

  private final Url url = new Url("one", "/1");

  private WaitingSamples() {}

  /** Runs it. */
  public static void main(String[] args) throws InterruptedException {
    WaitingSamples samples = new WaitingSamples();
    samples.bounded();
    samples.timed();
    samples.inTime();
    samples.withoutAThread();
  }

  private void bounded() throws InterruptedException {
    Throttle api =
        Throttle.builder().rate("1/h").maxWaiting(1_000).maxWait(Duration.ofSeconds(30)).build();

    for (int n = 0; n < 2; n++) {
      try {
        Page page = api.call(() -> fetch(url));
        System.out.println(page.text());
      } catch (ThrottleExceededException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  private void timed() throws InterruptedException {
    Throttle api = Throttle.of("1/h");

    for (int n = 0; n < 2; n++) {
      Optional<Permit> soon = api.tryAcquire(Duration.ofMillis(20));
      if (soon.isEmpty()) {
        System.out.println("not within 20 ms");
      } else {
        try (Permit permit = soon.get()) {
          fetch(url);
        }
      }
    }
  }

  private void inTime() throws InterruptedException {
    Throttle api = Throttle.of("100/m");

    try {
      Page page = api.call(() -> fetchSlowly(url), Duration.ofMillis(50));
      System.out.println(page.text());
    } catch (AcquireTimeoutException e) {
      System.out.println("no permit in time");
    } catch (TimeoutException e) {
      System.out.println("started, but not finished in time");
    }
  }

  private void withoutAThread() {
    Throttle api = Throttle.builder().rate("1/h").maxWaiting(1).build();
    api.acquireAsync().thenAccept(Permit::close).join();

    CompletableFuture<Permit> waiting = api.acquireAsync();
    CompletableFuture<Permit> refused = api.acquireAsync();
    waiting.cancel(true);

    System.out.println("queue full: " + (refused.exceptionNow() instanceof QueueFullException));
    System.out.println("waiting: " + api.snapshot().waiting());
  }

  private Page fetch(Url url) {
    return Web.fetch(url);
  }

  private Page fetchSlowly(Url url) throws InterruptedException {
    Thread.sleep(Duration.ofMinutes(1));
    return fetch(url);
  }
}
