package dev.headway.tests.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.headway.Headway;
import dev.headway.Outcome;
import dev.headway.Results;
import dev.headway.Retry;
import dev.headway.limit.Counted;
import dev.headway.testkit.Windows;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A run has as many items in flight as its concurrency allows, and never more. */
class ConcurrencyTest extends InVirtualTime {

  @ParameterizedTest
  @CsvSource({"1, 10, 10", "3, 10, 4", "8, 80, 10", "8, 5, 1", "100, 1000, 10"})
  void nAtOnceAndNoWaste(int atOnce, int items, int takesSeconds) throws Exception {
    run(() -> {
      Gauge gauge = new Gauge();
      outcomes(free(atOnce).map(numbers(items), gauge.around(taking(1))));
      assertThat(gauge.most()).isEqualTo(Math.min(atOnce, items));
      assertThat(gauge.all()).isEqualTo(items);
      assertThat(seconds()).isEqualTo(takesSeconds);
    });
  }

  @Test
  void aRunWithinARateTakesWhatTheRulesDemand() throws Exception {
    run(() -> {
      Throttle throttle = throttle("10/s", "15/2s");
      List<Long> starts = Collections.synchronizedList(new ArrayList<>());
      outcomes(
          Headway.with(throttle)
              .concurrency(20)
              .map(
                  numbers(100),
                  item -> {
                    starts.add(time.nanoTime());
                    sleep(0.7);
                    return item;
                  }));
      assertThat(Collections.max(starts)).as("10 and 5 in turn").isEqualTo(12_000_000_000L);
      long[] instants = starts.stream().mapToLong(Long::longValue).toArray();
      assertThat(Windows.fullest(instants, Duration.ofSeconds(1))).isEqualTo(10);
      assertThat(Windows.fullest(instants, Duration.ofSeconds(2))).isEqualTo(15);
    });
  }

  @Test
  void aRunWithinARateCountedFromTheEndTakesWhatTheRulesDemand() throws Exception {
    run(() -> {
      outcomes(Headway.with(fromEnd("4/s")).concurrency(20).map(numbers(40), taking(0.5)));
      assertThat(seconds()).as("4 each 1.5 s").isEqualTo(9 * 1.5 + 0.5);
    });
  }

  @Test
  void itemsStartInInputOrder() throws Exception {
    run(() -> {
      List<Integer> order = Collections.synchronizedList(new ArrayList<>());
      outcomes(
          Headway.with(throttle("1/s"))
              .concurrency(5)
              .map(
                  numbers(100),
                  item -> {
                    order.add(item);
                    sleep(item * 13 % 5);
                    return item;
                  }));
      assertThat(order).isEqualTo(numbers(100));
    });
  }

  @Test
  void itemsStandInLineInInputOrderWithoutARateToo() throws Exception {
    run(() -> {
      List<Integer> order = Collections.synchronizedList(new ArrayList<>());
      outcomes(
          free(8)
              .map(
                  numbers(2_000),
                  item -> {
                    order.add(item);
                    return dev.headway.limit.Cost.one();
                  },
                  item -> item));
      assertThat(order).isEqualTo(numbers(2_000));
    });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void neverMoreThanNAtATimeWithRetriesEither(int atOnce) throws Exception {
    run(() -> {
      Gauge gauge = new Gauge();
      Set<Integer> failedBefore = ConcurrentHashMap.newKeySet();
      List<Outcome<Integer, Integer>> outcomes =
          outcomes(
              free(atOnce)
                  .retry(Retry.upTo(1).backoff(Duration.ofMillis(700)))
                  .map(
                      numbers(60),
                      gauge.around(item -> {
                        sleep(1);
                        if (item % 3 == 0 && failedBefore.add(item)) {
                          throw new IOException("once");
                        }
                        return item;
                      })));
      assertThat(outcomes).hasSize(60).allMatch(Outcome.Success.class::isInstance);
      assertThat(gauge.all()).isEqualTo(80);
      assertThat(gauge.most()).isEqualTo(atOnce);
      assertThat(seconds()).isLessThanOrEqualTo(80.0 / atOnce + 3);
    });
  }

  @Test
  void aBackOffTakesNoPlace() throws Exception {
    run(() -> {
      List<String> diary = Collections.synchronizedList(new ArrayList<>());
      AtomicInteger failures = new AtomicInteger();
      Retry afterTenSeconds = Retry.upTo(1).backoff(Duration.ofSeconds(20), Duration.ofSeconds(20));
      outcomes(
          free(1)
              .retry(afterTenSeconds)
              .map(
                  numbers(5),
                  item -> {
                    diary.add(item + "");
                    sleep(1);
                    if (item == 0 && failures.getAndIncrement() == 0) {
                      throw new IOException("once");
                    }
                    return item;
                  }));
      assertThat(diary).containsExactly("0", "1", "2", "3", "4", "0");
      assertThat(seconds()).isBetween(12.0, 22.0);
    });
  }

  @Test
  void aRetryGoesOnWhileTheInputHasNothingNew() throws Exception {
    run(() -> {
      AtomicInteger failures = new AtomicInteger();
      Stream<Integer> slow =
          Stream.iterate(0, item -> item < 2, item -> item + 1)
              .peek(item -> sleepThrough(item * 1000));
      try (Results<Integer, Integer> results =
          free(1)
              .retry(Retry.upTo(1))
              .map(
                  slow,
                  item -> {
                    if (item == 0 && failures.getAndIncrement() == 0) {
                      throw new IOException("once");
                    }
                    return item;
                  })) {
        assertThat(results.iterator().next()).isZero();
        assertThat(seconds()).as("long before there is another item").isLessThan(1);
        assertThat(results.iterator().next()).isEqualTo(1);
      }
    });
  }

  @Test
  void aPlaceThatGetsFreeIsUsedThoughAWorkerTooManyLeaves() throws Exception {
    run(() -> {
      // Item 0 fails and backs off; 1 ends, and its worker is idle while another waits for 2.
      // Then 0 is tried again, 2 takes long, and the worker that ends 0 is one too many.
      AtomicInteger failures = new AtomicInteger();
      List<Double> startOfItem3 = Collections.synchronizedList(new ArrayList<>());
      Stream<Integer> input = numbers(4).stream().peek(item -> sleepThrough(item == 2 ? 20 : 0));
      outcomes(
          free(2)
              .retry(Retry.upTo(1).backoff(Duration.ofSeconds(10)))
              .map(
                  input,
                  item -> {
                    switch (item) {
                      case 0 -> {
                        if (failures.getAndIncrement() == 0) {
                          throw new IOException("once");
                        }
                        sleep(30);
                      }
                      case 1 -> sleep(1);
                      case 2 -> sleep(1_000);
                      default -> startOfItem3.add(seconds());
                    }
                    return item;
                  }));
      assertThat(startOfItem3.get(0)).isLessThan(50);
    });
  }

  @Test
  void workGoesOnWhileALineOfRetriesComesBack() throws Exception {
    run(() -> {
      // Ten fail at once and come back at once, when all slots are taken; none may be left asleep.
      Gauge gauge = new Gauge();
      Set<Integer> failedBefore = ConcurrentHashMap.newKeySet();
      outcomes(
          Headway.with(throttle("2/s"))
              .concurrency(4)
              .retry(Retry.upTo(2).backoff(Duration.ofSeconds(1)))
              .map(
                  numbers(40),
                  gauge.around(item -> {
                    sleep(item % 4);
                    if (failedBefore.add(item)) {
                      throw new IOException("once");
                    }
                    return item;
                  })));
      assertThat(gauge.all()).isEqualTo(80);
      assertThat(gauge.most()).isLessThanOrEqualTo(4);
      assertThat(seconds()).as("2 a second").isBetween(39.5, 62.0);
    });
  }

  @Test
  void eachItemHasAThreadOfItsOwnAtMostSoManyRunAndNoneOutlivesTheRun() throws Exception {
    run(() -> {
      Set<Thread> threads = ConcurrentHashMap.newKeySet();
      Gauge gauge = new Gauge();
      outcomes(
          free(8)
              .map(
                  numbers(1_000),
                  gauge.around(item -> {
                    threads.add(Thread.currentThread());
                    sleep(1);
                    return item;
                  })));
      assertThat(gauge.most()).isEqualTo(8);
      assertThat(threads).hasSize(1_000).allMatch(Thread::isVirtual);
      for (Thread thread : threads) {
        assertThat(thread.join(Duration.ofSeconds(10))).isTrue();
      }
    });
  }

  @Test
  void aSlowListenerTakesNoPlace() throws Exception {
    run(() -> {
      try (Results<Integer, Integer> results =
          free(1)
              .onProgress(Duration.ZERO, progress -> sleepThrough(5))
              .map(numbers(10), taking(1))) {
        all(results);
      }
      assertThat(seconds()).as("ten tasks, a listener meanwhile and one after").isLessThan(25);
    });
  }

  @Test
  void unlimitedMeansAllAtOnce() throws Exception {
    run(() -> {
      Gauge gauge = new Gauge();
      outcomes(free(Headway.UNLIMITED).map(numbers(5_000), gauge.around(taking(1))));
      assertThat(gauge.most()).isEqualTo(5_000);
      assertThat(seconds()).isEqualTo(1);
    });
  }

  @Test
  void withoutANumberItIsTheProcessorsAndFourAndAtMost32() throws Exception {
    run(() -> {
      Gauge gauge = new Gauge();
      outcomes(Headway.with(free).map(numbers(100), gauge.around(taking(1))));
      int processors = Runtime.getRuntime().availableProcessors();
      assertThat(gauge.most()).isEqualTo(Math.min(32, processors + 4));
    });
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -2, Integer.MIN_VALUE})
  void aNumberThatMakesNoSenseIsRefusedAtOnce(int atOnce) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> free(atOnce))
        .withMessageContaining("" + atOnce)
        .withMessageContaining("UNLIMITED");
  }

  @Test
  void aHeavyItemIsNotOvertaken() throws Exception {
    run(() -> {
      List<Integer> granted = Collections.synchronizedList(new ArrayList<>());
      Throttle throttle =
          Throttle.builder()
              .timeSource(time)
              .rate("10/s", Counted.FROM_START)
              .listener(event -> {
                if (event instanceof ThrottleEvent.Granted grant) {
                  granted.add((int) grant.cost().permits());
                }
              })
              .build();
      List<Integer> weights = List.of(1, 1, 10, 1, 1, 10, 1);
      outcomes(
          Headway.with(throttle)
              .map(weights, weight -> dev.headway.limit.Cost.permits(weight), taking(0.1)));
      assertThat(granted).isEqualTo(weights);
    });
  }
}
