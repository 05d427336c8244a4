package dev.headway.examples;

import dev.headway.Headway;
import dev.headway.InputException;
import dev.headway.Outcome;
import dev.headway.Results;
import dev.headway.TaskFailedException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What one does with aio.tasks, done here. */
public final class FromAioTasks {

  private FromAioTasks() {}

  private record Waited(int id, int millis) {}

  /** Runs it. */
  public static void main(String[] args) {
    try (Results<Callable<Waited>, Waited> results =
        Headway.unthrottled().concurrency(3).concurrent(provider())) {
      for (Waited waited : results) {
        System.out.println(waited.id() + " waited " + waited.millis() + " ms");
      }
    }

    thrown();
    amongTheResults();
    brokenInput();
  }

  private static Waited taskToRun(int id) throws InterruptedException {
    System.out.println(id + " starting");
    int millis = ThreadLocalRandom.current().nextInt(50);
    Thread.sleep(millis);
    return new Waited(id, millis);
  }

  private static Stream<Callable<Waited>> provider() {
    return IntStream.range(0, 10).mapToObj(id -> () -> taskToRun(id));
  }

  private static List<Callable<String>> tasks() {
    return List.of(
        () -> "fine",
        () -> {
          throw new IllegalStateException("sad");
        });
  }

  private static void thrown() {
    try (Results<Callable<String>, String> results =
        Headway.unthrottled().ordered().concurrent(tasks())) {
      results.forEach(System.out::println);
    } catch (TaskFailedException e) {
      System.out.println("stopped: " + e.getMessage());
    }
  }

  private static void amongTheResults() {
    try (Results<Callable<String>, String> results =
        Headway.unthrottled().ordered().concurrent(tasks())) {
      for (Outcome<Callable<String>, String> outcome : results.outcomes()) {
        if (outcome instanceof Outcome.Failure<Callable<String>, String> failure) {
          System.out.println("went on after: " + failure.exception().getMessage());
        } else {
          System.out.println(outcome.value());
        }
      }
    }
  }

  private static void brokenInput() {
    Stream<Callable<String>> broken =
        Stream.generate(() -> {
          throw new IllegalStateException("no more tasks");
        });
    try (Results<Callable<String>, String> results = Headway.unthrottled().concurrent(broken)) {
      results.outcomes().forEach(System.out::println);
    } catch (InputException e) {
      System.out.println("input failed: " + e.getMessage());
    }
  }
}
