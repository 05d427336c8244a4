package dev.headway.tests.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.headway.Headway;
import dev.headway.InvalidTaskException;
import dev.headway.Outcome;
import dev.headway.Results;
import dev.headway.Retry;
import dev.headway.limit.Cost;
import dev.headway.limit.Rate;
import dev.headway.limit.TokenBucket;
import dev.headway.testkit.Windows;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Runs that pay in several currencies: an estimate before the work, the truth after it. */
class CostsTest extends InVirtualTime {

  /** A request to a model: what it is thought to take, and what it does. */
  private record Prompt(long estimate, long tokens) {}

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final List<Long> starts = Collections.synchronizedList(new ArrayList<>());

  private static Headway run(Throttle throttle) {
    return Headway.with(throttle).concurrency(50);
  }

  private static Cost cost(Prompt prompt) {
    return Cost.of("tokens", prompt.estimate);
  }

  private Prompt ask(Prompt prompt) throws InterruptedException {
    starts.add(time.nanoTime());
    sleep(0.5);
    Permit.current().settle("tokens", prompt.tokens);
    return prompt;
  }

  @Test
  void everyItemTakesItsCost() throws Exception {
    Throttle throttle =
        Throttle.builder().budget("tokens", "1000/m").rate("30/m").timeSource(time).build();
    run(() -> {
      try (Results<Prompt, Prompt> results =
          run(throttle)
              .map(
                  Collections.nCopies(25, new Prompt(250, 250)),
                  CostsTest::cost,
                  prompt -> {
                    starts.add(time.nanoTime());
                    return prompt;
                  })) {
        assertThat(all(results)).hasSize(25);
      }
    });
    assertThat(starts.stream().map(start -> start / MINUTE.toNanos()).toList())
        .as("four a minute, at once")
        .isEqualTo(numbers(25).stream().map(i -> (long) (i / 4)).toList());
    assertUnused(throttle);
  }

  @Test
  void aTaskThatTookLessGivesTheRestToThoseThatWait() throws Exception {
    Throttle throttle = Throttle.builder().budget("tokens", "1000/m").timeSource(time).build();
    run(() ->
        run(throttle)
            .forEach(
                Collections.nCopies(10, new Prompt(500, 50)),
                CostsTest::cost,
                prompt -> ask(prompt)));
    assertThat(seconds()).as("two at once, ten in all, before the minute is over").isLessThan(10);
  }

  @Test
  void aTaskThatTookMoreIsChargedForIt() throws Exception {
    Throttle throttle = Throttle.builder().budget("tokens", "1000/m").timeSource(time).build();
    run(() ->
        run(throttle)
            .forEach(
                Collections.nCopies(5, new Prompt(100, 1_000)),
                CostsTest::cost,
                prompt -> ask(prompt)));
    run(() -> throttle.acquire(Cost.of("tokens", 1)));
    assertThat(seconds()).as("five times what a minute allows").isGreaterThanOrEqualTo(60);
  }

  @Test
  void whatIsSettledIsWhatCountsInWindowsAndBuckets() throws Exception {
    for (boolean window : List.of(true, false)) {
      Random random = new Random(1);
      List<Prompt> prompts = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        prompts.add(new Prompt(100 + random.nextInt(200), 100 + random.nextInt(100)));
      }
      ThrottleBuilder builder = Throttle.builder().timeSource(time);
      Throttle throttle =
          window
              ? builder.budget("tokens", "6000/m").build()
              : builder.limit("tokens", new TokenBucket(Rate.parse("6000/m"), 1_000)).build();
      double begin = seconds();
      run(() -> run(throttle).forEach(prompts, CostsTest::cost, prompt -> ask(prompt)));
      long tokens = prompts.stream().mapToLong(Prompt::tokens).sum();
      double ideal = tokens / 100.0;
      assertThat(seconds() - begin)
          .as("the quota is used for what was taken, not for what was feared")
          .isBetween(ideal - 60, ideal + 5);
      assertUnused(throttle);
    }
  }

  @Test
  void noWindowHoldsMoreThanItsBudgetWhereEstimatesAreNeverTooLow() throws Exception {
    Throttle throttle =
        Throttle.builder().budget("tokens", "6000/m").rate("100/m").timeSource(time).build();
    Random random = new Random(2);
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      long tokens = 1L + random.nextInt(200);
      prompts.add(new Prompt(tokens + random.nextInt(100), tokens));
    }
    List<Long> each = Collections.synchronizedList(new ArrayList<>());
    run(() ->
        run(throttle)
            .forEach(
                prompts,
                CostsTest::cost,
                prompt -> {
                  long start = time.nanoTime();
                  for (long i = 0; i < prompt.tokens; i++) {
                    each.add(start);
                  }
                  ask(prompt);
                }));
    assertThat(Windows.fullest(longs(each), MINUTE)).isLessThanOrEqualTo(6_000);
    assertThat(Windows.fullest(longs(starts), MINUTE)).isLessThanOrEqualTo(100);
  }

  private static long[] longs(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }

  @Test
  void eachAttemptHasAPermitOfItsOwn() throws Exception {
    Throttle throttle = Throttle.builder().budget("tokens", "1000/m").timeSource(time).build();
    List<Permit> permits = Collections.synchronizedList(new ArrayList<>());
    run(() ->
        run(throttle)
            .retry(Retry.upTo(2).backoff(Duration.ofSeconds(1)))
            .forEach(
                List.of(new Prompt(10, 10)),
                CostsTest::cost,
                prompt -> {
                  permits.add(Permit.current());
                  Permit.current().settle("tokens", 7);
                  if (permits.size() < 3) {
                    throw new IOException("again");
                  }
                }));
    assertThat(permits).doesNotHaveDuplicates().hasSize(3);
    assertThat(permits).extracting(permit -> permit.cost().amount("tokens")).containsOnly(7L);
    assertThat(throttle.snapshot().granted()).isEqualTo(3);
    assertThatIllegalStateException()
        .isThrownBy(() -> permits.getFirst().settle("tokens", 1))
        .withMessageContaining("too late");
  }

  @Test
  void aBudgetThatIsNotCountedIsToldByItsOutcome() throws Exception {
    run(() -> {
      List<Outcome<Prompt, Prompt>> outcomes =
          outcomes(
              Headway.with(throttle("5/s"))
                  .map(
                      List.of(new Prompt(1, 1)), prompt -> Cost.of("tokens", 1), prompt -> prompt));
      assertThat(outcomes)
          .singleElement()
          .isInstanceOfSatisfying(
              Outcome.Failure.class,
              failure ->
                  assertThat(failure.exception())
                      .isInstanceOf(InvalidTaskException.class)
                      .hasMessageContaining("budget(\"tokens\", rate)"));
    });
  }
}
