package dev.headway.examples;

import dev.headway.Headway;
import dev.headway.Results;
import dev.headway.examples.Model.Answer;
import dev.headway.examples.Web.Page;
import dev.headway.examples.Web.Url;
import dev.headway.limit.Cost;
import dev.headway.throttle.KeyedThrottle;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.TooManyKeysException;
import java.util.List;

/** A limit for each key, and limits on more than one currency. */
public final class KeySamples {

  private final Model model = new Model();

  private KeySamples() {}

  /** Runs it. */
  public static void main(String[] args) throws InterruptedException {
    KeySamples samples = new KeySamples();
    samples.keys(new Url("one", "/1"));
    samples.separateKeys();
    samples.runOverKeys(Web.urls(4));
    samples.budget("the weather");
    samples.runOverABudget(List.of("the weather", "a poem of thirty lines"));
  }

  private void keys(Url url) throws InterruptedException {
    Throttle api = Throttle.of("50/s");
    KeyedThrottle<String> hosts = api.keyed((host, limits) -> limits.rate("2/s"));

    try (Permit permit = hosts.get(url.host()).acquire()) {
      fetch(url);
    }

    System.out.println("of all " + api.snapshot().granted() + ", of " + hosts.size() + " key");
  }

  private void separateKeys() throws InterruptedException {
    KeyedThrottle<String> users = Throttle.<String>keyed(user -> Throttle.of("2/s")).atMost(1);

    users.get("ann").run(() -> System.out.println("ann"));
    try {
      users.get("bob").run(() -> System.out.println("bob"));
    } catch (TooManyKeysException e) {
      System.out.println("too many keys");
    }
  }

  private void runOverKeys(List<Url> urls) {
    Throttle api = Throttle.of("50/s");
    KeyedThrottle<String> hosts = api.keyed((host, limits) -> limits.rate("2/s"));

    try (Results<Url, Page> pages = Headway.with(hosts, Url::host).map(urls, this::fetch)) {
      pages.forEach(page -> System.out.println(page.text()));
    }
  }

  private void budget(String prompt) throws InterruptedException {
    Throttle api =
        Throttle.builder().rate("500/m").budget("tokens", "200000/m").concurrency(10).build();

    try (Permit permit = api.acquire(Cost.of("tokens", 1_200))) {
      Answer answer = model.ask(prompt);
      permit.settle("tokens", answer.tokens());
    }

    boolean theRest = api.tryAcquire(Cost.of("tokens", 199_890)).isPresent();
    System.out.println("all but 110 tokens are left: " + theRest);
  }

  private void runOverABudget(List<String> prompts) {
    Headway run =
        Headway.with(Throttle.builder().rate("500/m").budget("tokens", "200000/m").build());

    try (Results<String, Answer> answers =
        run.map(
            prompts,
            prompt -> Cost.of("tokens", estimate(prompt)),
            prompt -> {
              Answer answer = model.ask(prompt);
              Permit.current().settle("tokens", answer.tokens());
              return answer;
            })) {
      answers.forEach(answer -> System.out.println(answer.text()));
    }
  }

  private static long estimate(String prompt) {
    return Model.estimate(prompt);
  }

  private Page fetch(Url url) {
    return Web.fetch(url);
  }
}
