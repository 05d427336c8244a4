package dev.headway.tests.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headway.InputException;
import dev.headway.Outcome;
import dev.headway.Results;
import dev.headway.TaskFailedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Results by a consumer, and the failures of a run. */
class ReadingTest extends InVirtualTime {

  @Test
  void aConsumerGetsResultsOnTheReadersThreadWhileOthersStillRun() throws Exception {
    run(() -> {
      Gauge gauge = new Gauge();
      List<Integer> seen = new ArrayList<>();
      List<Integer> running = new ArrayList<>();
      Thread reader = Thread.currentThread();
      Results<Integer, Integer> results =
          free(4)
              .map(
                  numbers(4),
                  gauge.around(item -> {
                    sleep(item + 1);
                    return item;
                  }));
      results.forEachResult(result -> {
        assertThat(Thread.currentThread()).isSameAs(reader);
        assertThat(seconds()).isEqualTo(result + 1);
        seen.add(result);
        running.add(gauge.now());
      });
      assertThat(seen).containsExactly(0, 1, 2, 3);
      assertThat(running).containsExactly(3, 2, 1, 0);
    });
  }

  @Test
  void aSlowConsumerHoldsTheRunBack() throws Exception {
    run(() -> {
      WatchedItems items = new WatchedItems(200);
      AtomicInteger read = new AtomicInteger();
      List<Integer> ahead = new ArrayList<>();
      free(4)
          .map(items, taking(0.001))
          .forEachResult(result -> {
            sleepThrough(10);
            ahead.add(items.pulled.get() - read.incrementAndGet());
          });
      assertThat(read).hasValue(200);
      assertThat(ahead).allMatch(most -> most <= 20).anyMatch(most -> most > 4);
      assertThat(items.closed).hasValue(1);
    });
  }

  @Test
  void aConsumerThatThrowsCancelsTheRestAndLeavesNothingBehind() throws Exception {
    run(() -> {
      WatchedItems items = new WatchedItems(100);
      Gauge gauge = new Gauge();
      Results<Integer, Integer> results = free(4).map(items, gauge.around(taking(1)));
      assertThatThrownBy(() ->
              results.forEachResult(result -> {
                throw new IllegalStateException("full");
              }))
          .isInstanceOf(IllegalStateException.class);
      assertThat(gauge.now()).isZero();
      assertThat(items.closed).hasValue(1);
      assertThat(items.pulled.get()).isLessThan(30);
    });
  }

  @Test
  void aConsumersRunThrowsAsIterationDoes() throws Exception {
    run(() -> {
      Gauge gauge = new Gauge();
      Results<Integer, Integer> failing =
          free(4)
              .map(
                  numbers(100),
                  gauge.around(item -> {
                    sleep(1);
                    if (item == 10) {
                      throw new IOException("no");
                    }
                    return item;
                  }));
      assertThatThrownBy(() -> failing.forEachResult(result -> {}))
          .isInstanceOf(TaskFailedException.class)
          .hasRootCauseMessage("no");
      assertThat(gauge.now()).isZero();
      Stream<Integer> broken =
          Stream.generate(() -> {
            throw new IllegalStateException("no more");
          });
      assertThatThrownBy(() -> free(4).map(broken, taking(1)).forEachResult(result -> {}))
          .isInstanceOf(InputException.class);
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> free(4).map(numbers(9), taking(1)).forEachResult(result -> {}))
          .isInstanceOf(CancellationException.class);
      assertThat(Thread.interrupted()).isTrue();
    });
  }

  private Results<Integer, Integer> oddOnesFail(int count) {
    return free(4)
        .map(
            numbers(count),
            item -> {
              sleep(1);
              if (item % 2 == 1) {
                throw new IOException("no " + item);
              }
              return item;
            });
  }

  @Test
  void failuresAreCollectedWhileTheRunGoesOn() throws Exception {
    run(() -> {
      try (Results<Integer, Integer> results = oddOnesFail(8)) {
        assertThat(results.failures()).isEmpty();
        sleep(1.5);
        List<Outcome.Failure<Integer, Integer>> soFar = results.failures();
        assertThat(soFar).extracting(Outcome::item).containsExactlyInAnyOrder(1, 3);
        assertThat(all(results.outcomes())).hasSize(8);
        assertThat(soFar).as("does not change").hasSize(2);
      }
    });
  }

  @Test
  void failuresAreThereAfterTheRun() throws Exception {
    run(() -> {
      Results<Integer, Integer> results = oddOnesFail(8);
      outcomes(results);
      assertThat(results.failures())
          .extracting(failure -> failure.exception().getCause().getMessage())
          .containsExactlyInAnyOrder("no 1", "no 3", "no 5", "no 7");
      Results<Integer, Integer> left = oddOnesFail(8);
      assertThatThrownBy(() -> left.forEachResult(result -> {}))
          .isInstanceOfSatisfying(
              TaskFailedException.class,
              thrown ->
                  assertThat(left.failures())
                      .extracting(Outcome.Failure::exception)
                      .contains(thrown));
    });
  }

  @Test
  void onlyTheFirstThousandFailuresAreKept() throws Exception {
    run(() -> {
      try (Results<Integer, Integer> results = oddOnesFail(5_000)) {
        results.outcomes().forEach(outcome -> {});
        assertThat(results.failures()).hasSize(Results.MOST_FAILURES);
        assertThat(new HashSet<>(results.failures())).allMatch(failure -> failure.index() < 2_010);
        assertThat(results.progress().failed()).isEqualTo(2_500);
      }
    });
  }
}
