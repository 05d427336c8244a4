package dev.headway.tests.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.Headway;
import dev.headway.Outcome;
import dev.headway.Results;
import dev.headway.Task;
import dev.headway.limit.Counted;
import dev.headway.testkit.VirtualTime;
import dev.headway.throttle.Snapshot;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** A time for each test, and what takes some of it. */
public abstract class InVirtualTime {

  public final VirtualTime time = new VirtualTime();

  /** Lets everything through. */
  public final Throttle free = Throttle.builder().timeSource(time).build();

  /** Runs the body of a test as a thread that time waits for. */
  public final void run(Body body) throws Exception {
    time.run(() -> {
      body.run();
      return null;
    });
  }

  /** The body of a test. */
  public interface Body {
    void run() throws Exception;
  }

  public final Headway free(int concurrency) {
    return Headway.with(free).concurrency(concurrency);
  }

  public final Throttle throttle(String... rates) {
    ThrottleBuilder builder = Throttle.builder().timeSource(time);
    for (String rate : rates) {
      builder.rate(rate);
    }
    return builder.build();
  }

  public final Throttle fromEnd(String rate) {
    return Throttle.builder().timeSource(time).rate(rate, Counted.FROM_END).build();
  }

  public final void sleep(double seconds) throws InterruptedException {
    time.sleep(Duration.ofNanos((long) (seconds * 1e9)));
  }

  /** Lets time pass whoever interrupts; the interrupt is then pending. */
  public final void sleepThrough(double seconds) {
    long until = time.nanoTime() + (long) (seconds * 1e9);
    boolean interrupted = false;
    while (time.nanoTime() < until) {
      time.park(this, until);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** A task that takes so long and returns its item. */
  public final <T> Task<T, T> taking(double seconds) {
    return item -> {
      sleep(seconds);
      return item;
    };
  }

  public final double seconds() {
    return time.nanoTime() / 1e9;
  }

  /** Does something on another thread of this time. */
  public final <T> CompletableFuture<T> fork(Callable<T> body) {
    CompletableFuture<T> done = new CompletableFuture<>();
    time.start(
        "fork",
        () -> {
          try {
            done.complete(body.call());
          } catch (Throwable e) {
            done.completeExceptionally(e);
          }
        });
    return done;
  }

  public static List<Integer> numbers(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  public static <T> List<T> all(Iterable<T> items) {
    List<T> all = new ArrayList<>();
    items.forEach(all::add);
    return all;
  }

  /** All outcomes of a run, which is closed. */
  public static <T, R> List<Outcome<T, R>> outcomes(Results<T, R> results) {
    try (results) {
      return all(results.outcomes());
    }
  }

  /** Nobody waits on a throttle and no permit of it is open. */
  public static void assertUnused(Throttle throttle) {
    Snapshot now = throttle.snapshot();
    assertThat(now.running()).as("open permits").isZero();
    assertThat(now.waiting()).as("callers in line").isZero();
  }
}
