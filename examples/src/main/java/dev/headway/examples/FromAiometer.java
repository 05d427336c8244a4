package dev.headway.examples;

import dev.headway.Headway;
import dev.headway.Results;
import java.util.List;
import java.util.concurrent.Callable;

/** What one does with aiometer, done here. */
public final class FromAiometer {

  private FromAiometer() {}

  /** Runs it. */
  public static void main(String[] args) throws InterruptedException {
    List<String> names = List.of("Robert", "Carmen", "Lucas");

    Headway run = Headway.with("50/s").atOnce(10);

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
  }

  private static String greeting(String name) {
    return "Hello, " + name;
  }
}
