package dev.headway.tests.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.Headway;
import dev.headway.Outcome;
import dev.headway.Results;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottledException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Very short tasks keep all promises, and so do the tasks that follow them. */
class ShortTasksTest extends InVirtualTime {

  private static final int MANY = 300;

  @RepeatedTest(10)
  void tasksThatBlockAfterManyShortOnesRunAtOnceInRealTime() throws Exception {
    CyclicBarrier all = new CyclicBarrier(8);
    int many = 5_000;
    Headway.unthrottled()
        .concurrency(8)
        .forEach(
            numbers(20 * (many + 8)),
            item -> {
              if (item % (many + 8) >= many) {
                all.await();
              }
            });
    assertThat(all.getNumberWaiting()).isZero();
  }

  @Test
  void tasksThatSleepAfterManyShortOnesRunAtOnceInVirtualTime() throws Exception {
    run(() ->
        free(8)
            .forEach(
                numbers(10 * (MANY + 8)),
                item -> {
                  if (item % (MANY + 8) >= MANY) {
                    sleep(1);
                  }
                }));
    assertThat(seconds()).isEqualTo(10);
  }

  @Test
  void shortTasksWithinARateTakeWhatTheRulesDemand() throws Exception {
    run(() -> Headway.with(throttle("100/s")).concurrency(8).forEach(numbers(1_000), item -> {}));
    assertThat(seconds()).isEqualTo(9);
  }

  /** Numbers, of which every hundredth takes a second to come. */
  private Iterable<Integer> slowNumbers(int count) {
    Iterator<Integer> numbers = numbers(count).iterator();
    return () ->
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return numbers.hasNext();
          }

          @Override
          public Integer next() {
            int next = numbers.next();
            if (next % 100 == 99) {
              sleepThrough(1);
            }
            return next;
          }
        };
  }

  @Test
  void whatTheInputTakesIsNotSaidToBeTheTasks() throws Exception {
    run(() -> {
      List<Outcome<Integer, Integer>> outcomes =
          outcomes(free(4).map(slowNumbers(1_000), item -> item));
      assertThat(seconds()).isEqualTo(10);
      assertThat(outcomes).hasSize(1_000);
      assertThat(outcomes)
          .allMatch(outcome -> outcome.timing().took().isZero())
          .allMatch(outcome -> outcome.timing().waited().isZero());
    });
  }

  @Test
  void aSlowReaderHoldsShortTasksBackToo() throws Exception {
    run(() -> {
      int most = 8 + 16;
      try (Results<Integer, Integer> results = free(8).map(numbers(2_000), item -> item)) {
        int read = 0;
        for (int item : results) {
          read++;
          if (item % 50 == 0) {
            sleep(1);
            assertThat(results.progress().started()).isBetween((long) read, (long) read + most);
          }
        }
        assertThat(read).isEqualTo(2_000);
      }
      assertThat(seconds()).isEqualTo(40);
    });
  }

  @Test
  void anOrderedRunOfShortTasksIsInOrderOnRealThreads() {
    try (Results<Integer, Integer> results =
        Headway.unthrottled().concurrency(50).ordered().map(numbers(200_000), item -> item)) {
      assertThat(all(results)).isEqualTo(numbers(200_000));
    }
  }

  @RepeatedTest(20)
  void leavingARunOfShortTasksLeavesNothingBehind() {
    AtomicInteger begun = new AtomicInteger();
    Results<Integer, Integer> results =
        Headway.unthrottled()
            .concurrency(50)
            .map(numbers(1_000_000), item -> begun.incrementAndGet());
    Iterator<Integer> iterator = results.iterator();
    for (int i = 0; i < 1_000; i++) {
      iterator.next();
    }
    results.close();
    int before = begun.get();
    assertThat(results.progress().started()).isEqualTo(before);
    assertThat(all(results.outcomes())).hasSize(before - 1_000);
    assertThat(begun).hasValue(before);
  }

  @Test
  void anUnlimitedThrottlePausesAndOpensAgain() throws Exception {
    Throttle unlimited = Throttle.unlimited();
    AtomicInteger tries = new AtomicInteger();
    long begin = System.nanoTime();
    Headway.with(unlimited)
        .concurrency(1)
        .forEach(
            numbers(500),
            item -> {
              if (item == 300 && tries.incrementAndGet() <= 2) {
                throw new ThrottledException(Duration.ofMillis(20));
              }
            });
    assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(40_000_000);
    assertThat(unlimited.isLocked()).isFalse();
    unlimited.update(limits -> limits.rate("2/h"));
    assertThat(unlimited.tryAcquire(2)).isPresent();
    assertThat(unlimited.isLocked()).isTrue();
  }
}
