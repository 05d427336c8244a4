package dev.headway.tests.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.headway.Headway;
import dev.headway.Outcome;
import dev.headway.Results;
import dev.headway.Retry;
import dev.headway.testkit.Windows;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottledException;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A task that is told to slow down slows everybody down, and is the first to start again. */
class ThrottledTest extends InVirtualTime {

  @Test
  void theWholeThrottlePausesForRetryAfterAndTheItemIsTheFirstToStart() throws Exception {
    run(() -> {
      Throttle throttle = throttle("4/s");
      List<String> diary = Collections.synchronizedList(new ArrayList<>());
      Map<Integer, AtomicInteger> tries = new ConcurrentHashMap<>();
      // Another user of the same throttle stands in line meanwhile.
      CompletableFuture<Double> other =
          fork(() -> {
            sleep(2.5);
            throttle.acquire().close();
            return seconds();
          });
      outcomes(
          Headway.with(throttle)
              .concurrency(4)
              .map(
                  numbers(12),
                  item -> {
                    int nth =
                        tries.computeIfAbsent(item, i -> new AtomicInteger()).incrementAndGet();
                    diary.add((int) seconds() + ":" + item);
                    sleep(item == 5 ? 0.5 : 0.9);
                    if (item == 5 && nth == 1) {
                      throw new ThrottledException(Duration.ofSeconds(60));
                    }
                    return item;
                  }));
      assertThat(diary.subList(0, 4)).allMatch(line -> line.startsWith("0:"));
      assertThat(diary.subList(4, 8)).allMatch(line -> line.startsWith("1:"));
      assertThat(diary.subList(8, 13)).contains("61:5").allMatch(line -> line.startsWith("6"));
      assertThat(throttle.snapshot().granted()).isEqualTo(14);
      assertThat(time.await(other)).isBetween(61.5, 63.0);
    });
  }

  @Test
  void theItemIsAheadOfAllThatWait() throws Exception {
    run(() -> {
      Throttle throttle = Throttle.builder().timeSource(time).spacing("1/s").build();
      List<Integer> order = Collections.synchronizedList(new ArrayList<>());
      outcomes(
          Headway.with(throttle)
              .concurrency(3)
              .map(
                  numbers(6),
                  item -> {
                    order.add(item);
                    sleep(0.5);
                    if (item == 2 && order.stream().filter(i -> i == 2).count() == 1) {
                      throw new ThrottledException(Duration.ofSeconds(10));
                    }
                    return item;
                  }));
      assertThat(order).containsExactly(0, 1, 2, 2, 3, 4, 5);
      assertThat(seconds()).as("told at 2.5 s, again at 12.5 s").isEqualTo(16);
    });
  }

  @Test
  void withoutRetryAfterThePauseIsOnePeriodOfTheLongestRate() throws Exception {
    run(() -> {
      Throttle throttle = throttle("5/s", "50/m");
      AtomicInteger tries = new AtomicInteger();
      outcomes(
          Headway.with(throttle)
              .map(
                  numbers(1),
                  item -> {
                    if (tries.getAndIncrement() == 0) {
                      throw new ThrottledException();
                    }
                    return item;
                  }));
      assertThat(seconds()).isEqualTo(60);
      assertUnused(throttle);
    });
  }

  @Test
  void theAttemptDoesNotCountAsAFailure() throws Exception {
    run(() -> {
      AtomicInteger tries = new AtomicInteger();
      Results<Integer, Integer> results =
          free(1)
              .map(
                  numbers(1),
                  item -> {
                    if (tries.getAndIncrement() < 100) {
                      throw new ThrottledException(Duration.ofSeconds(1));
                    }
                    return item;
                  });
      Outcome<Integer, Integer> outcome = outcomes(results).get(0);
      assertThat(outcome.value()).isZero();
      assertThat(outcome.attempts()).isEqualTo(1);
      assertThat(outcome.timing().waited()).hasSeconds(100);
      assertThat(results.progress().throttled()).isEqualTo(100);
      assertThat(results.progress().retries()).isZero();
    });
  }

  @Test
  void throttledUpToSoOftenAndOnceMoreIsAFailure() throws Exception {
    run(() -> {
      AtomicInteger tries = new AtomicInteger();
      Outcome<Integer, ?> outcome =
          outcomes(
                  free(1)
                      .retry(Retry.upTo(5).throttledUpTo(3))
                      .map(
                          numbers(1),
                          item -> {
                            tries.incrementAndGet();
                            throw new ThrottledException(Duration.ofSeconds(1));
                          }))
              .get(0);
      assertThat(tries).hasValue(4);
      assertThat(((Outcome.Failure<?, ?>) outcome).exception())
          .hasCauseInstanceOf(ThrottledException.class);
      assertThat(seconds()).isEqualTo(3);
    });
  }

  @Test
  void aNegativeRetryAfterIsRefusedAtOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ThrottledException(Duration.ofSeconds(-3)))
        .withMessageContaining("-3 s");
  }

  @Test
  void aServerThatSaysTooManyAtRandomLosesNothing() throws Exception {
    run(() -> {
      Throttle throttle = throttle("50/s");
      Random random = new Random(4);
      Gauge gauge = new Gauge();
      List<Long> starts = Collections.synchronizedList(new ArrayList<>());
      List<Outcome<Integer, Integer>> outcomes =
          outcomes(
              Headway.with(throttle)
                  .concurrency(16)
                  .map(
                      numbers(1_000),
                      gauge.around(item -> {
                        starts.add(time.nanoTime());
                        int luck;
                        synchronized (random) {
                          luck = random.nextInt(10);
                        }
                        sleep(luck * 0.03);
                        if (luck == 0) {
                          throw new ThrottledException(Duration.ofMillis(1_500));
                        }
                        return item;
                      })));
      Map<Integer, Integer> times = new HashMap<>();
      outcomes.forEach(outcome -> times.merge(outcome.value(), 1, Integer::sum));
      assertThat(times).hasSize(1_000).allSatisfy((item, count) -> assertThat(count).isOne());
      assertThat(gauge.most()).isLessThanOrEqualTo(16);
      long[] instants = starts.stream().mapToLong(Long::longValue).toArray();
      assertThat(Windows.fullest(instants, Duration.ofSeconds(1))).isLessThanOrEqualTo(50);
      assertUnused(throttle);
    });
  }

  @Test
  void anItemThatWaitsToStartAgainCanBeCancelled() throws Exception {
    run(() -> {
      Throttle throttle = throttle("5/s");
      Results<Integer, Integer> results =
          Headway.with(throttle)
              .map(
                  numbers(3),
                  item -> {
                    throw new ThrottledException(Duration.ofDays(1));
                  });
      sleep(10);
      results.close();
      assertThat(seconds()).isEqualTo(10);
      assertThat(all(results.outcomes())).hasSize((int) results.progress().started());
      assertUnused(throttle);
    });
  }

  @Test
  void oneInsideAnotherExceptionIsTheSame() throws Exception {
    ThrottledException told = new ThrottledException(Duration.ofSeconds(7));
    for (Exception wrapper :
        List.of(
            new CompletionException(told),
            new ExecutionException(told),
            new InvocationTargetException(told),
            new CompletionException(new ExecutionException(told)))) {
      run(() -> {
        long before = time.nanoTime();
        AtomicInteger tries = new AtomicInteger();
        Throttle throttle = throttle("100/s");
        Results<Integer, Integer> results =
            Headway.with(throttle)
                .retry(Retry.upTo(5))
                .map(
                    numbers(1),
                    item -> {
                      if (tries.getAndIncrement() == 0) {
                        throw wrapper;
                      }
                      return item;
                    });
        Outcome<Integer, Integer> outcome = outcomes(results).get(0);
        assertThat(outcome).isInstanceOf(Outcome.Success.class);
        assertThat(outcome.attempts()).isEqualTo(1);
        assertThat(results.progress().throttled()).isEqualTo(1);
        assertThat(results.progress().retries()).isZero();
        assertThat(time.nanoTime() - before).isEqualTo(Duration.ofSeconds(7).toNanos());
      });
    }
  }

  @Test
  void oneInsideAnotherExceptionNamesTheNextTaskToo() throws Exception {
    run(() -> {
      ThrottledException told = new ThrottledException(Duration.ofSeconds(1)).insteadRun(() -> 42);
      Results<Integer, Integer> results =
          free(1)
              .map(
                  numbers(1),
                  item -> {
                    throw new CompletionException(told);
                  });
      assertThat(outcomes(results).get(0).value()).isEqualTo(42);
    });
  }

  @Test
  void oneInsideAnotherExceptionOnceTooOftenIsAFailureWithThatException() throws Exception {
    run(() -> {
      CompletionException thrown = new CompletionException(new ThrottledException(Duration.ZERO));
      Outcome<Integer, Integer> outcome =
          outcomes(
                  free(1)
                      .retry(Retry.upTo(5).throttledUpTo(2))
                      .<Integer, Integer>map(
                          numbers(1),
                          item -> {
                            throw thrown;
                          }))
              .get(0);
      assertThat(((Outcome.Failure<Integer, Integer>) outcome).exception()).hasCause(thrown);
    });
  }
}
