package dev.headway.examples;

import dev.headway.Headway;
import dev.headway.Outcome;
import dev.headway.Results;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleListener;
import dev.headway.throttle.ThrottledException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** What one does with asyncio_throttler, done here. */
public final class FromAsyncioThrottler {

  private static final AtomicInteger BOUNCES = new AtomicInteger();

  private FromAsyncioThrottler() {}

  /** Runs it. */
  public static void main(String[] args) {
    List<Callable<Integer>> todo = new ArrayList<>();
    todo.addAll(dummyTasks(0, 10));
    todo.add(FromAsyncioThrottler::badDummyTask);
    todo.addAll(dummyTasks(11, 21));

    System.Logger logger = System.getLogger("testthrottler");

    Throttle throttle =
        Throttle.builder()
            .rate("20/100ms")
            .listener(ThrottleListener.logging(logger, System.Logger.Level.DEBUG))
            .build();

    Headway.with(throttle)
        .concurrency(5)
        .concurrent(todo)
        .forEachResult(item -> System.out.println("Item received: " + item));

    collectingExceptions();
  }

  private static List<Callable<Integer>> dummyTasks(int from, int to) {
    return IntStream.range(from, to)
        .<Callable<Integer>>mapToObj(number -> () -> dummyTask(number))
        .toList();
  }

  private static int dummyTask(int number) throws InterruptedException {
    Thread.sleep(10);
    return number;
  }

  private static int badDummyTask() {
    if (BOUNCES.incrementAndGet() <= 3) {
      throw new ThrottledException().insteadRun(FromAsyncioThrottler::badDummyTask);
    }
    return 10;
  }

  private static void collectingExceptions() {
    Headway run = Headway.with("20/100ms").concurrency(5);

    try (Results<Integer, Integer> results = run.map(List.of(1, 0, 2), item -> 10 / item)) {
      for (Outcome<Integer, Integer> outcome : results.outcomes()) {
        if (outcome instanceof Outcome.Success<Integer, Integer> success) {
          System.out.println("Item received: " + success.value());
        }
      }
      System.out.println("Exceptions: " + results.failures().size());
    }
  }
}
