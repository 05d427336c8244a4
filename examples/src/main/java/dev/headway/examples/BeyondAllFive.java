package dev.headway.examples;

import dev.headway.Headway;
import dev.headway.limit.Cost;
import dev.headway.throttle.KeyedThrottle;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import java.time.Duration;
import java.util.List;

/** Costs, keys and priorities. */
public final class BeyondAllFive {

  private BeyondAllFive() {}

  /** What a model has said, and what that took. */
  private record Answer(String text, long tokens) {}

  /** Runs it. */
  public static void main(String[] args) throws InterruptedException {
    costs(List.of("the weather", "a poem of thirty lines"));
    keysAndPriorities();
  }

  private static void costs(List<String> prompts) throws InterruptedException {
    Headway run =
        Headway.with(Throttle.builder().rate("500/m").budget("tokens", "200000/m").build());

    run.forEach(
        prompts,
        prompt -> Cost.of("tokens", estimate(prompt)),
        prompt -> {
          Answer answer = ask(prompt);
          Permit.current().settle("tokens", answer.tokens());
          System.out.println(answer.text());
        });
  }

  private static long estimate(String prompt) {
    return 100L * prompt.length();
  }

  private static Answer ask(String prompt) {
    return new Answer("about " + prompt, 10L * prompt.length());
  }

  private static void keysAndPriorities() throws InterruptedException {
    Throttle api = Throttle.of("50/s");
    KeyedThrottle<String> hosts = api.keyed((host, limits) -> limits.rate("2/s"));
    Throttle people = api.withPriority(Duration.ofSeconds(30));

    for (String host : List.of("one", "two", "one")) {
      try (Permit permit = hosts.get(host).acquire()) {
        System.out.println(host + " after " + permit.waited().toSeconds() + " s");
      }
    }
    people.call(() -> System.out.printf("a person waits for this%n"));
    System.out.println(hosts.get("one").isLocked() + ", " + api.isLocked());
  }
}
