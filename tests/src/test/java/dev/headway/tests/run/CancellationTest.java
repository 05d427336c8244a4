package dev.headway.tests.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headway.Headway;
import dev.headway.Outcome;
import dev.headway.Results;
import dev.headway.Retry;
import dev.headway.throttle.Throttle;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When close() has returned nothing is left behind, however and by whomever it was called. */
class CancellationTest extends InVirtualTime {

  @Test
  void leavingEarlyInterruptsTheTasksAndWaitsForThem() throws Exception {
    run(() -> {
      Throttle throttle = fromEnd("10/s");
      Gauge gauge = new Gauge();
      AtomicInteger interrupted = new AtomicInteger();
      try (Results<Integer, Integer> results =
          Headway.with(throttle)
              .concurrency(8)
              .map(
                  numbers(100),
                  gauge.around(item -> {
                    try {
                      sleep(item == 0 ? 1 : 1_000);
                    } catch (InterruptedException e) {
                      interrupted.incrementAndGet();
                      sleepThrough(10);
                    }
                    return item;
                  }))) {
        assertThat(results.iterator().next()).isZero();
        sleep(1);
      }
      assertThat(gauge.now()).isZero();
      assertThat(interrupted).hasValue(8);
      assertThat(gauge.all()).isEqualTo(9);
      assertThat(seconds()).isEqualTo(12);
      assertUnused(throttle);
    });
  }

  @Test
  void tasksThatIgnoreTheInterruptAreWaitedFor() throws Exception {
    run(() -> {
      Throttle throttle = throttle("100/s");
      Gauge gauge = new Gauge();
      try (Results<Integer, Integer> results =
          Headway.with(throttle)
              .concurrency(4)
              .map(
                  numbers(100),
                  gauge.around(item -> {
                    sleepThrough(100);
                    return item;
                  }))) {
        sleep(50);
        assertThat(results.progress().started()).isEqualTo(4);
      }
      assertThat(gauge.now()).isZero();
      assertThat(gauge.all()).isEqualTo(4);
      assertThat(seconds()).isEqualTo(100);
      assertUnused(throttle);
    });
  }

  @Test
  void whoStandsInLineLeavesNoTrace() throws Exception {
    run(() -> {
      Throttle throttle = throttle("2/h");
      try (Results<Integer, Integer> results =
          Headway.with(throttle).concurrency(8).map(numbers(100), taking(1))) {
        results.iterator().next();
        sleep(10);
        assertThat(throttle.snapshot().waiting()).isEqualTo(1);
      }
      assertUnused(throttle);
      assertThat(throttle.snapshot().granted()).isEqualTo(2);
      assertThat(seconds()).isEqualTo(11);
    });
  }

  @Test
  void closingTwiceIsClosingOnce() throws Exception {
    run(() -> {
      WatchedItems items = new WatchedItems(100);
      Results<Integer, Integer> results = free(4).map(items, taking(1));
      results.iterator().next();
      results.close();
      results.close();
      assertThat(items.closed).hasValue(1);
    });
  }

  @Test
  void closingByManyThreadsAtATimeLetsEachReturnWhenAllIsOver() throws Exception {
    run(() -> {
      WatchedItems items = new WatchedItems(100);
      Results<Integer, Integer> results =
          free(4)
              .map(
                  items,
                  item -> {
                    sleepThrough(10);
                    return item;
                  });
      sleep(1);
      List<CompletableFuture<Double>> closers = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        closers.add(
            fork(() -> {
              results.close();
              assertThat(items.closed).hasValue(1);
              return seconds();
            }));
      }
      for (CompletableFuture<Double> closer : closers) {
        assertThat(time.await(closer)).isEqualTo(10);
      }
    });
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 100})
  void aReaderThatWaitsIsToldThatAnotherThreadHasClosed(int items) throws Exception {
    run(() -> {
      Results<Integer, Integer> results = free(4).map(numbers(items), taking(1_000));
      CompletableFuture<Void> closer =
          fork(() -> {
            sleep(5);
            results.close();
            return null;
          });
      assertThatThrownBy(results.iterator()::hasNext).isInstanceOf(CancellationException.class);
      assertThatThrownBy(results.iterator()::next).isInstanceOf(CancellationException.class);
      time.await(closer);
      assertThat(seconds()).isEqualTo(5);
    });
  }

  @Test
  void aReaderOfOutcomesThatWaitsGetsThemWhenAnotherThreadHasClosed() throws Exception {
    run(() -> {
      Results<Integer, Integer> results = free(4).map(numbers(100), taking(1_000));
      CompletableFuture<Void> closer =
          fork(() -> {
            sleep(5);
            results.close();
            return null;
          });
      assertThat(all(results.outcomes())).hasSize(4).allMatch(Outcome.Failure.class::isInstance);
      time.await(closer);
    });
  }

  @Test
  void anInterruptedReaderIsToldAndTheInterruptStaysPending() throws Exception {
    run(() -> {
      Thread reader = Thread.currentThread();
      Results<Integer, Integer> results = free(4).map(numbers(100), taking(1_000));
      time.schedule(5_000_000_000L, () -> time.interrupt(reader));
      assertThatThrownBy(results.iterator()::hasNext).isInstanceOf(CancellationException.class);
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
      results.close();
      assertThat(Thread.interrupted()).as("still").isTrue();
      assertThat(seconds()).isEqualTo(5);
      assertThat(all(results.outcomes())).hasSize(4);
    });
  }

  @Test
  void anInterruptedForEachAndInvokeAllThrowInterruptedException() throws Exception {
    run(() -> {
      Gauge gauge = new Gauge();
      Thread reader = Thread.currentThread();
      time.schedule(5_000_000_000L, () -> time.interrupt(reader));
      time.schedule(10_000_000_000L, () -> time.interrupt(reader));
      assertThatThrownBy(
              () -> free(4).forEach(numbers(100), item -> gauge.around(taking(1_000)).run(item)))
          .isInstanceOf(InterruptedException.class);
      assertThat(gauge.now()).isZero();
      assertThatThrownBy(
              () -> free(4).invokeAll(numbers(9).stream().map(i -> () -> taking(99).run(i))))
          .isInstanceOf(InterruptedException.class);
      assertThat(seconds()).isEqualTo(10);
    });
  }

  @Test
  void anInterruptedAwaitLeavesTheRunAsItIs() throws Exception {
    run(() -> {
      try (Results<Integer, Integer> results = free(4).map(numbers(20), taking(1))) {
        Thread.currentThread().interrupt();
        assertThatThrownBy(results::await).isInstanceOf(InterruptedException.class);
        assertThat(all(results.outcomes())).hasSize(20);
      }
    });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8})
  void tasksThatCloseTheirOwnRunDoNotWaitForThemselves(int howMany) throws Exception {
    run(() -> {
      AtomicReference<Results<Integer, Integer>> itself = new AtomicReference<>();
      WatchedItems items = new WatchedItems(100);
      Gauge gauge = new Gauge();
      itself.set(
          free(8)
              .map(
                  items,
                  gauge.around(item -> {
                    sleep(1);
                    if (item < howMany) {
                      itself.get().close();
                    }
                    return item;
                  })));
      assertThatThrownBy(() -> all(itself.get())).isInstanceOf(CancellationException.class);
      itself.get().close();
      assertThat(gauge.now()).isZero();
      assertThat(items.closed).hasValue(1);
      assertThat(seconds()).isEqualTo(1);
      assertThat(all(itself.get().outcomes())).hasSize(gauge.all());
    });
  }

  @Test
  void aListenerMayCloseTheRunItListensTo() throws Exception {
    run(() -> {
      AtomicReference<Results<Integer, Integer>> itself = new AtomicReference<>();
      itself.set(
          free(4)
              .onProgress(Duration.ZERO, progress -> itself.get().close())
              .map(numbers(100), taking(1)));
      all(itself.get().outcomes());
      itself.get().close();
      assertThat(seconds()).isEqualTo(1);
    });
  }

  @Test
  void aTaskThatLeavesItsThreadInterruptedDoesNotHarmTheNext() throws Exception {
    run(() -> {
      List<Outcome<Integer, Integer>> outcomes =
          outcomes(
              Headway.with(throttle("2/s"))
                  .concurrency(2)
                  .map(
                      numbers(50),
                      item -> {
                        sleep(0.1);
                        Thread.currentThread().interrupt();
                        if (item % 3 == 0) {
                          throw new InterruptedException("of its own");
                        }
                        return item;
                      }));
      assertThat(outcomes).filteredOn(Outcome.Success.class::isInstance).hasSize(33);
    });
  }

  @Test
  void aTaskThatLeavesItsThreadInterruptedDoesNotHarmItsOwnRetry() throws Exception {
    run(() -> {
      List<Outcome<Integer, Integer>> outcomes =
          outcomes(
              free(2)
                  .retry(Retry.upTo(5))
                  .map(
                      numbers(1),
                      item -> {
                        Thread.currentThread().interrupt();
                        throw new IOException("no");
                      }));
      assertThat(outcomes.get(0).attempts()).isEqualTo(6);
    });
  }

  @Test
  void anInterruptThatComesTooLateForItsTaskHarmsNobody() throws Exception {
    run(() -> {
      // One worker ends its task, is idle until the slow reader makes room, and is interrupted.
      Set<Thread> workers = ConcurrentHashMap.newKeySet();
      try (Results<Integer, Integer> results =
          free(4)
              .map(
                  numbers(100),
                  item -> {
                    workers.add(Thread.currentThread());
                    return item;
                  })) {
        sleep(1);
        workers.forEach(time::interrupt);
        sleep(1);
        assertThat(all(results)).hasSize(100);
      }
    });
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void afterCloseTheOutcomesOfAllThatHadStartedAreThereOnce(boolean ordered) throws Exception {
    run(() -> {
      for (int rounds = 0; rounds < 50; rounds++) {
        int round = rounds;
        Headway run = Headway.with(throttle("7/s")).concurrency(6);
        Set<Integer> started = ConcurrentHashMap.newKeySet();
        Results<Integer, Integer> results =
            (ordered ? run.ordered() : run)
                .map(
                    numbers(100),
                    item -> {
                      started.add(item);
                      sleep((item * 7 + round) % 11 * 0.1);
                      return item;
                    });
        List<Integer> seen = new ArrayList<>();
        for (int i = 0; i < round % 20; i++) {
          seen.add(results.iterator().next());
        }
        sleep(round * 0.05);
        results.close();
        long count = results.progress().started();
        results.outcomes().forEach(outcome -> seen.add(outcome.item()));
        assertThat(seen).hasSameSizeAs(new HashSet<>(seen)).hasSize((int) count);
        assertThat(new HashSet<>(seen))
            .as("the first so many of the input")
            .isEqualTo(new HashSet<>(IntStream.range(0, (int) count).boxed().toList()))
            .isEqualTo(started);
        assertThat(results.progress().finished()).isEqualTo(count);
      }
    });
  }

  @Test
  void aRunThatIsClosedAtOnceHasStartedWhatItSays() throws Exception {
    run(() -> {
      for (int round = 0; round < 200; round++) {
        Gauge gauge = new Gauge();
        Results<Integer, Integer> results = free(4).map(numbers(100), gauge.around(taking(1)));
        results.close();
        assertThat(all(results.outcomes())).hasSize(gauge.all());
        assertThat(results.progress().started()).isEqualTo(gauge.all());
      }
    });
  }

  @Test
  void anInterruptDuringABackOffEndsIt() throws Exception {
    run(() -> {
      Throttle throttle = throttle("100/s");
      Results<Integer, Integer> results =
          Headway.with(throttle)
              .concurrency(2)
              .retry(Retry.upTo(9).backoff(Duration.ofDays(1)))
              .map(
                  numbers(4),
                  item -> {
                    throw new IOException("no");
                  });
      sleep(10);
      results.close();
      assertThat(seconds()).isEqualTo(10);
      assertThat(all(results.outcomes())).hasSize(4).allMatch(o -> o.attempts() == 1);
      assertUnused(throttle);
    });
  }

  @Test
  void aBackOffThatEndsInAFullHouseIsCancelledToo() throws Exception {
    run(() -> {
      Results<Integer, Integer> results =
          free(1)
              .retry(Retry.upTo(9).backoff(Duration.ofSeconds(1), Duration.ofSeconds(1)))
              .map(
                  numbers(9),
                  item -> {
                    if (item == 0) {
                      throw new IOException("no");
                    }
                    sleep(1_000);
                    return item;
                  });
      sleep(10);
      results.close();
      assertThat(seconds()).isEqualTo(10);
      assertThat(all(results.outcomes())).hasSize(2);
    });
  }
}
