package dev.headway.tests.from;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headway.Headway;
import dev.headway.Outcome;
import dev.headway.Results;
import dev.headway.Retry;
import dev.headway.TaskFailedException;
import dev.headway.testkit.Windows;
import dev.headway.tests.run.Gauge;
import dev.headway.tests.run.InVirtualTime;
import dev.headway.tests.run.WatchedItems;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleListener;
import dev.headway.throttle.ThrottledException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What one does with asyncio_throttler. */
class AsyncioThrottlerTest extends InVirtualTime {

  private Callable<Integer> task(int number) {
    return () -> {
      sleep(1);
      return number;
    };
  }

  private List<Callable<Integer>> tasks(int from, int to) {
    return numbers(to).stream().skip(from).map(this::task).toList();
  }

  /** A task that is told to slow down so often, each time by another task than before. */
  private Callable<Integer> bouncing(int number, int times, AtomicInteger bounces) {
    return times == 0
        ? task(number)
        : () -> {
          bounces.incrementAndGet();
          throw new ThrottledException().insteadRun(bouncing(number, times - 1, bounces));
        };
  }

  @Test
  void theTasksOfTheirExampleAllReachTheConsumerThoughOneBouncesAHundredTimes() throws Exception {
    run(() -> {
      AtomicInteger bounces = new AtomicInteger();
      List<Callable<Integer>> todo = new ArrayList<>(tasks(0, 30));
      todo.add(bouncing(30, 100, bounces));
      todo.addAll(tasks(31, 61));
      List<Integer> received = new ArrayList<>();
      Throttle throttle = throttle("20/10s");
      Headway.with(throttle)
          .concurrency(5)
          .concurrent(todo)
          .forEachResult(item -> {
            received.add(item);
            sleepThrough(2);
          });
      assertThat(received).containsExactlyInAnyOrderElementsOf(numbers(61));
      assertThat(bounces).hasValue(100);
      assertThat(seconds()).as("each bounce backs off for the window").isGreaterThan(100 * 10);
      assertUnused(throttle);
    });
  }

  @Test
  void theConsumerGetsEachResultWhileOthersStillRun() throws Exception {
    run(() -> {
      Gauge gauge = new Gauge();
      List<Integer> running = new ArrayList<>();
      Thread reader = Thread.currentThread();
      free(5)
          .map(
              numbers(5),
              gauge.around(item -> {
                sleep(item + 1);
                return item;
              }))
          .forEachResult(item -> {
            assertThat(Thread.currentThread()).isSameAs(reader);
            assertThat(seconds()).as("immediately").isEqualTo(item + 1);
            running.add(gauge.now());
          });
      assertThat(running).containsExactly(4, 3, 2, 1, 0);
    });
  }

  @Test
  void noWindowHoldsMoreThanItMayAndNoTimeIsWasted() throws Exception {
    run(() -> {
      List<Long> starts = Collections.synchronizedList(new ArrayList<>());
      Headway.with(throttle("20/10s"))
          .concurrency(5)
          .forEach(
              numbers(60),
              item -> {
                starts.add(time.nanoTime());
                sleep(1);
              });
      long[] instants = starts.stream().mapToLong(Long::longValue).toArray();
      assertThat(Windows.fullest(instants, Duration.ofSeconds(10))).isEqualTo(20);
      assertThat(seconds())
          .as("a window after the start of a batch, not after its end")
          .isEqualTo(10 + 10 + 4);
    });
  }

  @Test
  void noMoreRunAtOnceThanMay() throws Exception {
    run(() -> {
      Gauge gauge = new Gauge();
      Headway.with(throttle("20/10s"))
          .concurrency(5)
          .forEach(numbers(60), gauge.around(taking(3))::run);
      assertThat(gauge.most()).isEqualTo(5);
    });
  }

  @Test
  void whoWantsTheirDefaultsSaysAHundredAMinuteAndFiveAtOnce() throws Exception {
    run(() -> {
      Gauge gauge = new Gauge();
      Headway.with(throttle("100/m"))
          .concurrency(5)
          .forEach(numbers(201), gauge.around(taking(0.1))::run);
      assertThat(gauge.most()).isEqualTo(5);
      assertThat(seconds()).isEqualTo(120.1);
    });
  }

  @Test
  void aRateThatIsAboveTheNumberOfTasksIsNoMistake() throws Exception {
    run(() -> {
      assertThat(Headway.with(throttle("100/m")).invokeAll(tasks(0, 3))).hasSize(3);
      assertThat(seconds()).isEqualTo(1);
    });
  }

  @Test
  void backingOffForTheWindowHoldsEverybodyBackAndTheItemComesFirst() throws Exception {
    run(() -> {
      List<String> starts = Collections.synchronizedList(new ArrayList<>());
      Throttle throttle = throttle("2/10s");
      Headway.with(throttle)
          .concurrency(5)
          .forEach(
              numbers(4),
              item -> {
                starts.add("%.0f: %d".formatted(seconds(), item));
                sleep(1);
                if (item == 1 && starts.size() <= 2) {
                  throw new ThrottledException();
                }
              });
      assertThat(starts.subList(0, 2)).containsExactlyInAnyOrder("0: 0", "0: 1");
      assertThat(starts.subList(2, 4)).containsExactlyInAnyOrder("11: 1", "11: 2");
      assertThat(starts.get(4)).isEqualTo("21: 3");
      assertThat(throttle.snapshot().granted()).isEqualTo(5);
    });
  }

  @Test
  void aServersOwnWaitMayTakeThePlaceOfTheWindow() throws Exception {
    run(() -> {
      AtomicInteger tries = new AtomicInteger();
      Headway.with(throttle("20/10s"))
          .forEach(
              List.of("item"),
              item -> {
                if (tries.getAndIncrement() == 0) {
                  throw new ThrottledException(Duration.ofSeconds(3));
                }
              });
      assertThat(seconds()).isEqualTo(3);
    });
  }

  @Test
  void theNewTaskRunsInPlaceOfTheOneThatWasThrottled() throws Exception {
    run(() -> {
      AtomicInteger first = new AtomicInteger();
      Callable<String> task =
          () -> {
            first.incrementAndGet();
            throw new ThrottledException(Duration.ofSeconds(1)).insteadRun(() -> "the new one");
          };
      assertThat(free(1).invokeAll(List.of(task))).containsExactly("the new one");
      assertThat(first).hasValue(1);
    });
  }

  @Test
  void theSameTaskRunsAgainIfNoOtherIsGiven() throws Exception {
    run(() -> {
      AtomicInteger tries = new AtomicInteger();
      Callable<Integer> task =
          () -> {
            if (tries.incrementAndGet() < 5) {
              throw new ThrottledException();
            }
            return tries.get();
          };
      assertThat(Headway.with(throttle("20/10s")).invokeAll(List.of(task))).containsExactly(5);
      assertThat(seconds()).isEqualTo(40);
    });
  }

  @Test
  void anEndlessBounceCanBeGivenAnEnd() throws Exception {
    run(() -> {
      Results<Integer, Integer> results =
          Headway.with(throttle("20/10s"))
              .retry(Retry.never().throttledUpTo(3))
              .map(
                  numbers(5),
                  item -> {
                    if (item == 2) {
                      throw new ThrottledException();
                    }
                    return item;
                  });
      assertThat(outcomes(results)).hasSize(5);
      assertThat(results.failures())
          .singleElement()
          .satisfies(failure -> assertThat(failure.item()).isEqualTo(2));
      assertThat(results.progress().throttled()).isGreaterThanOrEqualTo(3);
    });
  }

  /** As one's own client throws it. */
  private static final class TooManyRequests extends Exception {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void anExceptionOfOnesOwnIsTheCauseOfAThrottledOne() throws Exception {
    run(() -> {
      List<Outcome<Integer, Integer>> outcomes =
          outcomes(
              free(1)
                  .retry(Retry.never().throttledUpTo(1))
                  .map(
                      numbers(1),
                      item -> {
                        try {
                          throw new TooManyRequests();
                        } catch (TooManyRequests e) {
                          throw new ThrottledException(Optional.of(Duration.ofSeconds(7)), e);
                        }
                      }));
      assertThat(seconds()).isEqualTo(7);
      assertThatThrownBy(outcomes.get(0)::value)
          .hasCauseInstanceOf(ThrottledException.class)
          .hasRootCauseInstanceOf(TooManyRequests.class);
    });
  }

  private Results<Integer, Integer> thirdsFail(int count) {
    return Headway.with(throttle("20/10s"))
        .concurrency(5)
        .map(
            numbers(count),
            item -> {
              sleep(1);
              if (item % 3 == 2) {
                throw new IOException("no " + item);
              }
              return item;
            });
  }

  @Test
  void otherExceptionsAreCollectedWhileTheRunGoesOn() throws Exception {
    run(() -> {
      List<Integer> received = new ArrayList<>();
      List<Integer> collected = new ArrayList<>();
      try (Results<Integer, Integer> results = thirdsFail(60)) {
        for (Outcome<Integer, Integer> outcome : results.outcomes()) {
          if (outcome instanceof Outcome.Success<Integer, Integer> success) {
            received.add(success.value());
          }
          collected.add(results.failures().size());
        }
        assertThat(received).hasSize(40);
        assertThat(results.failures())
            .hasSize(20)
            .allMatch(failure -> failure.exception().getCause() instanceof IOException);
      }
      assertThat(collected).as("meanwhile").isSorted().anyMatch(size -> size > 0 && size < 20);
    });
  }

  @Test
  void aRunWhoseLastTaskFailsEnds() throws Exception {
    run(() -> {
      assertThat(outcomes(thirdsFail(3))).hasSize(3).anyMatch(Outcome.Failure.class::isInstance);
      assertThat(seconds()).isEqualTo(1);
    });
  }

  @Test
  void withoutOutcomesTheFirstExceptionIsThrownAndCancelsTheRest() throws Exception {
    run(() -> {
      List<Integer> received = new ArrayList<>();
      assertThatThrownBy(() -> thirdsFail(60).forEachResult(received::add))
          .isInstanceOf(TaskFailedException.class)
          .hasRootCauseInstanceOf(IOException.class);
      assertThat(received).hasSizeLessThan(10);
      assertThat(seconds()).isEqualTo(1);
    });
  }

  @Test
  void whatTheConsumerThrowsIsThrownAndNothingRunsAnyMore() throws Exception {
    run(() -> {
      Gauge gauge = new Gauge();
      Results<Integer, Integer> results = free(5).map(numbers(60), gauge.around(taking(1)));
      assertThatThrownBy(() ->
              results.forEachResult(item -> {
                throw new IllegalStateException("disk full");
              }))
          .hasMessage("disk full");
      assertThat(gauge.now()).isZero();
      assertThat(gauge.all()).isLessThanOrEqualTo(10);
    });
  }

  @Test
  void aSlowConsumerHoldsTheRunBack() throws Exception {
    run(() -> {
      WatchedItems items = new WatchedItems(500);
      AtomicInteger received = new AtomicInteger();
      free(5)
          .map(items, taking(0.001))
          .forEachResult(item -> {
            sleepThrough(2);
            assertThat(items.pulled.get() - received.incrementAndGet()).isLessThanOrEqualTo(5 + 16);
          });
      assertThat(received).hasValue(500);
    });
  }

  @Test
  void tasksNeedNotBeInAListAndMayNeverEnd() throws Exception {
    run(() -> {
      Stream<Callable<Integer>> endless = Stream.iterate(0, i -> i + 1).map(this::task);
      try (Stream<Integer> results =
          Headway.with(throttle("20/10s")).concurrency(5).ordered().concurrent(endless).stream()) {
        assertThat(results.limit(50).toList()).isEqualTo(numbers(50));
      }
    });
  }

  @Test
  void aRunGoesByTheTimeAndTheThreadsOfItsThrottle() throws Exception {
    run(() -> {
      List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
      Gauge gauge = new Gauge();
      Throttle hourly = throttle("1/h");
      Headway.with(hourly)
          .concurrency(1)
          .forEach(
              numbers(25),
              gauge.around(i -> {
                threads.add(Thread.currentThread());
                return i;
              })
                  ::run);
      assertThat(time.elapsed()).isEqualTo(Duration.ofDays(1));
      assertThat(gauge.most()).isEqualTo(1);
      assertThat(threads).hasSize(25).allMatch(Thread::isVirtual);
      for (Thread thread : threads) {
        assertThat(thread.join(Duration.ofSeconds(10))).as("none outlives the run").isTrue();
      }
    });
  }

  @Test
  void whoWantsToAwaitARunGivesItAThread() throws Exception {
    run(() -> {
      CompletableFuture<List<Integer>> done = fork(() -> free(5).invokeAll(tasks(0, 5)));
      assertThat(done).isNotDone();
      assertThat(time.await(done)).isEqualTo(numbers(5));
    });
  }

  /** What is logged at a level or above to loggers of a name, while a body runs. */
  private static List<String> logged(String name, Level level, Body body) throws Exception {
    List<String> lines = Collections.synchronizedList(new ArrayList<>());
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            lines.add(line.getLevel() + " " + line.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger(name);
    Level before = logger.getLevel();
    logger.addHandler(handler);
    logger.setLevel(level);
    logger.setUseParentHandlers(false);
    try {
      body.run();
    } finally {
      logger.removeHandler(handler);
      logger.setLevel(before);
      logger.setUseParentHandlers(true);
    }
    return lines;
  }

  private void runThrottledOnce(Throttle throttle) throws InterruptedException {
    AtomicInteger tries = new AtomicInteger();
    Headway.with(throttle)
        .forEach(
            numbers(1),
            item -> {
              if (tries.getAndIncrement() == 0) {
                throw new ThrottledException();
              }
            });
  }

  private Throttle loggingTo(String name) {
    return Throttle.builder()
        .name("api")
        .rate("20/10s")
        .timeSource(time)
        .listener(ThrottleListener.logging(System.getLogger(name), System.Logger.Level.WARNING))
        .build();
  }

  @Test
  void backingOffIsLoggedToTheLoggerThatWasGiven() throws Exception {
    String name = "headway.test.given";
    assertThat(logged(name, Level.ALL, () -> run(() -> runThrottledOnce(loggingTo(name)))))
        .contains("WARNING throttle \"api\": pauses for 10 s");
  }

  @Test
  void whatIsBelowTheLoggersLevelIsNotLogged() throws Exception {
    String name = "headway.test.severe";
    assertThat(logged(name, Level.SEVERE, () -> run(() -> runThrottledOnce(loggingTo(name)))))
        .isEmpty();
  }

  @Test
  void nothingIsLoggedOrPrintedUnlessItIsAskedFor() throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = System.out;
    PrintStream err = System.err;
    PrintStream to = new PrintStream(printed, true, StandardCharsets.UTF_8);
    System.setOut(to);
    System.setErr(to);
    List<String> lines;
    try {
      lines =
          logged(
              "",
              Level.ALL,
              () ->
                  run(() -> {
                    runThrottledOnce(throttle("20/10s"));
                    outcomes(thirdsFail(9));
                  }));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    assertThat(lines).isEmpty();
    assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void aConsumerOfOutcomesGetsFailuresToo() throws Exception {
    run(() -> {
      List<Object> got = new ArrayList<>();
      free(1)
          .map(List.of(1, 0, 2), item -> 10 / item)
          .forEachOutcome(outcome ->
              got.add(
                  outcome instanceof Outcome.Success<Integer, Integer> success
                      ? success.value()
                      : "failed"));
      assertThat(got).containsExactly(10, "failed", 5);
    });
  }
}
