package dev.headway.examples;

import dev.headway.Headway;
import dev.headway.Outcome;
import dev.headway.Results;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottledException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** What one does with aiometer, done here. */
public final class FromAiometer {

  private static final AtomicBoolean BUSY = new AtomicBoolean(true);

  private FromAiometer() {}

  /** Runs it. */
  public static void main(String[] args) throws InterruptedException {
    List<String> names = List.of("Robert", "Carmen", "Lucas");

    Headway run = Headway.with("50/s").concurrency(10);

    run.forEach(names, name -> System.out.println(greeting(name)));

    List<Callable<String>> tasks =
        names.stream().map(name -> (Callable<String>) () -> greeting(name)).toList();
    System.out.println(run.invokeAll(tasks));
    System.out.println(run.invokeAny(tasks));

    try (Results<String, String> greetings = run.map(names, FromAiometer::greeting)) {
      for (String greeting : greetings) {
        System.out.println(greeting);
      }
    }

    sleepSort();
    evenlySpaced(names);
    lazily();
    tooManyRequests(names);
    withExceptions();
  }

  private static String greeting(String name) throws InterruptedException {
    Thread.sleep(ThreadLocalRandom.current().nextInt(20));
    return "Hello, " + name;
  }

  private static void sleepSort() {
    List<Integer> numbers = List.of(30, 10, 60, 20, 70, 50, 50, 20);
    try (Stream<Integer> sorted =
        Headway.unthrottled()
            .concurrency(Headway.UNLIMITED)
            .map(numbers, FromAiometer::sleeping)
            .stream()) {
      System.out.println(sorted.toList());
    }
  }

  private static int sleeping(int millis) throws InterruptedException {
    Thread.sleep(millis);
    return millis;
  }

  private static void evenlySpaced(List<String> names) throws InterruptedException {
    Throttle throttle = Throttle.builder().spacing("50/s").build();
    Headway.with(throttle)
        .concurrency(10)
        .forEach(names, name -> System.out.println(greeting(name)));
  }

  /** Pages that are fetched when they are wanted, endlessly many. */
  private static void lazily() {
    Stream<String> items =
        Stream.iterate(1, page -> page + 1).flatMap(page -> Stream.of(page + "a", page + "b"));

    try (Stream<String> seen = Headway.with("50/s").map(items, item -> "item " + item).stream()) {
      System.out.println(seen.limit(4).toList().size() + " items of endlessly many");
    }
  }

  private static void tooManyRequests(List<String> names) throws InterruptedException {
    Headway.with("50/s").forEach(names, name -> System.out.println(fetch(name)));
  }

  private static String fetch(String name) {
    int status = BUSY.getAndSet(false) ? 429 : 200;
    if (status == 429) {
      throw new ThrottledException(Duration.ofMillis(100));
    }
    return name + " fetched";
  }

  private static void withExceptions() {
    Headway run = Headway.unthrottled().ordered();

    try (Results<String, Integer> lengths = run.map(List.of("one", "", "three"), s -> length(s))) {
      for (Outcome<String, Integer> outcome : lengths.outcomes()) {
        switch (outcome) {
          case Outcome.Success<String, Integer> done -> System.out.println(done.value());
          case Outcome.Failure<String, Integer> failed ->
              System.out.println(failed.exception().getMessage());
        }
      }
    }
  }

  private static int length(String text) throws IOException {
    if (text.isEmpty()) {
      throw new IOException("nothing there");
    }
    return text.length();
  }
}
