package dev.headway.tests.from;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headway.Headway;
import dev.headway.Inputs;
import dev.headway.Outcome;
import dev.headway.Results;
import dev.headway.Task;
import dev.headway.TaskFailedException;
import dev.headway.limit.Rate;
import dev.headway.testkit.Windows;
import dev.headway.tests.run.Gauge;
import dev.headway.tests.run.InVirtualTime;
import dev.headway.tests.run.Publishers;
import dev.headway.tests.run.WatchedItems;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottledException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What one does with aiometer, and what its users have asked it for. */
class AiometerTest extends InVirtualTime {

  private static final List<String> FRUIT = List.of("apple", "banana", "cherry", "apple");

  /** Its four functions, as they are called here. */
  enum Face {
    FOR_EACH,
    INVOKE_ALL,
    MAP,
    INVOKE_ANY;

    <T> void run(Headway run, List<T> items, Task<T, T> task) throws InterruptedException {
      switch (this) {
        case FOR_EACH -> run.forEach(items, task::run);
        case INVOKE_ALL -> run.invokeAll(tasks(items, task));
        case MAP -> run.map(items, task).forEachResult(result -> {});
        case INVOKE_ANY -> run.invokeAny(tasks(items, task));
      }
    }

    private static <T> List<Callable<T>> tasks(List<T> items, Task<T, T> task) {
      return items.stream().<Callable<T>>map(item -> () -> task.run(item)).toList();
    }
  }

  /** The instants at which tasks start, each of which lasts until all have started. */
  private List<Long> starts(Face face, Throttle throttle, int tasks) throws InterruptedException {
    List<Long> starts = Collections.synchronizedList(new ArrayList<>());
    long began = time.nanoTime();
    face.run(
        Headway.with(throttle).concurrency(Headway.UNLIMITED),
        numbers(tasks),
        item -> {
          starts.add(time.nanoTime() - began);
          sleep(1_000);
          return item;
        });
    return starts;
  }

  @Test
  void forEachRunsItsActionOnceForEachItem() throws Exception {
    run(() -> {
      List<String> seen = Collections.synchronizedList(new ArrayList<>());
      free(4)
          .forEach(
              FRUIT,
              item -> {
                sleep(1);
                seen.add(item);
              });
      assertThat(seen).as("when it returns").containsExactlyInAnyOrderElementsOf(FRUIT);
    });
  }

  @Test
  void invokeAllGivesResultsInTheOrderOfTheTasksWhicheverIsFaster() throws Exception {
    run(() -> {
      Callable<String> fast = () -> "fast";
      Callable<String> slow =
          () -> {
            sleep(1);
            return "slow";
          };
      assertThat(free(2).invokeAll(List.of(fast, slow))).containsExactly("fast", "slow");
      assertThat(free(2).invokeAll(List.of(slow, fast))).containsExactly("slow", "fast");
    });
  }

  @Test
  void mapGivesTheResultOfEachItemWithItsType() throws Exception {
    run(() -> {
      try (Results<String, Integer> lengths = free(4).map(FRUIT, String::length)) {
        List<Integer> all = all(lengths);
        assertThat(all).containsExactlyInAnyOrder(5, 6, 6, 5);
      }
    });
  }

  @Test
  void resultsOfTasksThatSleepComeSorted() throws Exception {
    run(() -> {
      List<Double> numbers = List.of(0.3, 0.1, 0.6, 0.2, 0.7, 0.5, 0.5, 0.2);
      Task<Double, Double> sleeping =
          number -> {
            sleep(number);
            return number;
          };
      try (Results<Double, Double> results = free(Headway.UNLIMITED).map(numbers, sleeping)) {
        assertThat(all(results)).containsExactly(0.1, 0.2, 0.2, 0.3, 0.5, 0.5, 0.6, 0.7);
      }
    });
  }

  @Test
  void aMapThatIsLeftUnreadCancelsWhatIsLeft() throws Exception {
    run(() -> {
      Gauge gauge = new Gauge();
      AtomicInteger completed = new AtomicInteger();
      try (Results<String, String> results =
          free(2)
              .map(
                  FRUIT,
                  gauge.around(item -> {
                    sleep(1);
                    completed.incrementAndGet();
                    return item;
                  }))) {
        sleep(0.5);
        assertThat(results.progress().started()).isEqualTo(2);
      }
      assertThat(gauge.all()).isEqualTo(2);
      assertThat(gauge.now()).isZero();
      assertThat(completed).hasValue(0);
      assertThat(seconds()).isEqualTo(0.5);
    });
  }

  @Test
  void forEachAndReadingThroughAMapHaveAllDone() throws Exception {
    run(() -> {
      Gauge gauge = new Gauge();
      Task<String, String> task = gauge.around(taking(1));
      free(2).forEach(FRUIT, task::run);
      assertThat(gauge.all()).isEqualTo(4);
      free(2).map(FRUIT, task).forEachResult(ignored -> {});
      assertThat(gauge.all()).isEqualTo(8);
      assertThat(gauge.now()).isZero();
      assertThat(seconds()).isEqualTo(4);
    });
  }

  @Test
  void theFailureOfATaskIsThrownFromTheMap() throws Exception {
    run(() -> {
      Gauge gauge = new Gauge();
      IOException cause = new IOException("no");
      try (Results<String, String> results =
          free(2)
              .map(
                  List.of("apple", "banana", "fail", "apple", "banana", "cherry"),
                  gauge.around(item -> {
                    sleep(item.equals("fail") ? 0.5 : 1);
                    if (item.equals("fail")) {
                      throw cause;
                    }
                    return item;
                  }))) {
        assertThatThrownBy(() -> all(results))
            .isInstanceOf(TaskFailedException.class)
            .hasCause(cause);
      }
      assertThat(seconds()).isEqualTo(1.5);
      assertThat(gauge.all()).as("the last does not start").isBetween(4, 5);
    });
  }

  @ParameterizedTest
  @EnumSource(names = "INVOKE_ANY", mode = EnumSource.Mode.EXCLUDE)
  void theFirstFailureCancelsTheRestOnEachFace(Face face) throws Exception {
    run(() -> {
      Gauge gauge = new Gauge();
      assertThatThrownBy(() ->
              face.run(
                  free(5),
                  numbers(100),
                  gauge.around(item -> {
                    sleep(item == 3 ? 1 : 1_000);
                    throw new IOException("no " + item);
                  })))
          .isInstanceOf(TaskFailedException.class)
          .hasRootCauseMessage("no 3");
      assertThat(gauge.now()).isZero();
      assertThat(gauge.all()).isBetween(5, 6);
      assertThat(seconds()).isEqualTo(1);
    });
  }

  @Test
  void invokeAnyGivesTheFirstToSucceedAndCancelsTheRest() throws Exception {
    run(() -> {
      AtomicInteger interrupted = new AtomicInteger();
      Callable<String> slow =
          () -> {
            try {
              sleep(1_000);
            } catch (InterruptedException e) {
              interrupted.incrementAndGet();
              throw e;
            }
            return "slow";
          };
      Callable<String> fast =
          () -> {
            sleep(1);
            return "fast";
          };
      assertThat(free(2).invokeAny(List.of(slow, fast))).isEqualTo("fast");
      assertThat(interrupted).hasValue(1);
      assertThat(seconds()).isEqualTo(1);
    });
  }

  @Test
  void invokeAnyPassesOverAFailureThatComesBeforeTheFirstSuccess() throws Exception {
    run(() -> {
      Callable<String> failing =
          () -> {
            throw new IOException("at once");
          };
      Callable<String> fine =
          () -> {
            sleep(1);
            return "fine";
          };
      assertThat(free(2).invokeAny(List.of(failing, fine))).isEqualTo("fine");
    });
  }

  @Test
  void tasksMadeInALoopEachHaveTheirOwnItem() throws Exception {
    run(() -> {
      String client = "client";
      List<Callable<String>> tasks = new ArrayList<>();
      for (String item : FRUIT) {
        tasks.add(() -> client + " fetches " + item);
      }
      assertThat(free(2).invokeAll(tasks))
          .containsExactly(
              "client fetches apple",
              "client fetches banana",
              "client fetches cherry",
              "client fetches apple");
    });
  }

  private static Stream<Arguments> facesAndNumbersAtOnce() {
    return Stream.of(Face.values())
        .flatMap(face -> Stream.of(1, 2, 5, 10, 20).map(most -> Arguments.of(face, most)));
  }

  @ParameterizedTest
  @MethodSource("facesAndNumbersAtOnce")
  void eachFaceReachesItsNumberAtOnceAndKeepsIt(Face face, int most) throws Exception {
    run(() -> {
      Gauge gauge = new Gauge();
      face.run(
          free(most),
          numbers(30),
          gauge.around(item -> {
            sleep(1 + item * 7 % 10 * 0.1);
            return item;
          }));
      assertThat(gauge.most()).isEqualTo(most);
      assertThat(gauge.all()).isGreaterThanOrEqualTo(face == Face.INVOKE_ANY ? most : 30);
    });
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -10})
  void aNumberAtOnceMustBePositive(int most) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> free(most))
        .withMessageContaining("at least 1")
        .withMessageContaining("not " + most);
  }

  @ParameterizedTest
  @EnumSource
  void minusOneAtOnceIsNoLimitOnEachFace(Face face) throws Exception {
    run(() -> {
      Gauge gauge = new Gauge();
      face.run(free(-1), numbers(200), gauge.around(taking(1)));
      assertThat(gauge.most()).isEqualTo(200);
    });
  }

  private static Stream<Arguments> facesAndRates() {
    return Stream.of(Face.values())
        .flatMap(face ->
            Stream.of(0.2, 0.5, 2.5, 5.0, 10.0, 20.0, 30.0, 40.0, 50.0, 70.0, 100.0)
                .map(perSecond -> Arguments.of(face, perSecond)));
  }

  @ParameterizedTest
  @MethodSource("facesAndRates")
  void spacedTasksStartExactlyEvenlyOnEachFace(Face face, double perSecond) throws Exception {
    run(() -> {
      Rate rate = Rate.perSecond(perSecond);
      Throttle spaced = Throttle.builder().timeSource(time).spacing(rate).build();
      long interval = (long) Math.ceil(1e9 / perSecond);
      assertThat(starts(face, spaced, 4)).containsExactly(0L, interval, 2 * interval, 3 * interval);
    });
  }

  @ParameterizedTest
  @MethodSource("facesAndRates")
  void aRateIsAWindowThatIsFullAndNeverOverfullOnEachFace(Face face, double perSecond)
      throws Exception {
    run(() -> {
      Rate rate = Rate.perSecond(perSecond);
      Throttle windowed = Throttle.builder().timeSource(time).rate(rate).build();
      int tasks = (int) rate.permits() * 3;
      long[] starts = starts(face, windowed, tasks).stream().mapToLong(Long::longValue).toArray();
      assertThat(starts).hasSize(tasks);
      assertThat(Windows.fullest(starts, rate.period())).isEqualTo((int) rate.permits());
      assertThat(starts[tasks - 1]).as("no waste").isEqualTo(2 * rate.period().toNanos());
    });
  }

  @Test
  void fractionsOfASecondCanBeWrittenAsText() {
    assertThat(Rate.parse("0.2/s")).isEqualTo(Rate.of(1, Duration.ofSeconds(5)));
    assertThat(Rate.parse("2.5/s")).isEqualTo(Rate.of(1, Duration.ofMillis(400)));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN})
  void aRateMustBePositive(double perSecond) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rate.perSecond(perSecond))
        .withMessageContaining("" + perSecond);
  }

  @Test
  void aNumberAtOnceAndASpacingHoldTogether() throws Exception {
    run(() -> {
      Gauge gauge = new Gauge();
      Throttle spaced = Throttle.builder().timeSource(time).spacing("0.2/s").build();
      Headway.with(spaced).concurrency(10).forEach(numbers(100), gauge.around(taking(12))::run);
      assertThat(gauge.most()).as("long tasks, a start each 5 s").isEqualTo(3);
      assertThat(seconds()).isEqualTo(99 * 5 + 12);

      Gauge fewer = new Gauge();
      double began = seconds();
      Headway.with(Throttle.builder().timeSource(time).spacing("1/s").build())
          .concurrency(2)
          .forEach(numbers(10), fewer.around(taking(10))::run);
      assertThat(fewer.most()).isEqualTo(2);
      assertThat(seconds() - began).as("five pairs, one a second behind").isEqualTo(51);
    });
  }

  @Test
  void itemsAreTakenFromALazyInputAsTheyAreWanted() throws Exception {
    run(() -> {
      List<Integer> pages = Collections.synchronizedList(new ArrayList<>());
      Stream<Integer> items =
          Stream.iterate(0, page -> page + 1)
              .peek(page -> {
                sleepThrough(5); // a page takes so long to come
                pages.add(page);
              })
              .flatMap(page -> Stream.of(page * 10, page * 10 + 1, page * 10 + 2));
      List<Integer> seen = new ArrayList<>();
      try (Results<Integer, Integer> results = free(3).map(items, taking(1))) {
        for (int item : results) {
          seen.add(item);
          if (seen.size() == 3) {
            assertThat(seconds()).as("before there is a second page").isEqualTo(6);
            assertThat(pages).containsExactly(0);
          }
          if (seen.size() == 9) {
            break;
          }
        }
      }
      assertThat(seen).containsExactlyInAnyOrder(0, 1, 2, 10, 11, 12, 20, 21, 22);
      assertThat(pages).as("of endlessly many").hasSizeLessThanOrEqualTo(4);
    });
  }

  @Test
  void anAsynchronousInputIsAskedForAsManyItemsAsCanStart() throws Exception {
    run(() -> {
      Publishers<Integer> publisher = Publishers.of(numbers(100));
      List<Integer> seen = new ArrayList<>();
      try (Results<Integer, Integer> results = free(4).map(Inputs.of(publisher), taking(1))) {
        sleep(0.5);
        assertThat(publisher.requested).isEqualTo(4);
        results.forEach(seen::add);
      }
      assertThat(seen).containsExactlyInAnyOrderElementsOf(numbers(100));
      assertThat(seconds()).isEqualTo(25);
    });
  }

  @Test
  void aTaskThatGetsA429HoldsAllBackAndIsTheFirstToStartAgain() throws Exception {
    run(() -> {
      AtomicInteger answers = new AtomicInteger();
      List<String> starts = Collections.synchronizedList(new ArrayList<>());
      Throttle spaced = Throttle.builder().timeSource(time).spacing("5/s").build();
      List<Integer> seen = new ArrayList<>();
      Headway.with(spaced)
          .concurrency(4)
          .map(
              numbers(10),
              item -> {
                starts.add("%.1f: %d".formatted(seconds(), item));
                if (item == 2 && answers.getAndIncrement() == 0) {
                  throw new ThrottledException(Duration.ofSeconds(30));
                }
                return item;
              })
          .forEachResult(seen::add);
      assertThat(starts.subList(0, 5))
          .containsExactly("0.0: 0", "0.2: 1", "0.4: 2", "30.4: 2", "30.6: 3");
      assertThat(seen).containsExactlyInAnyOrderElementsOf(numbers(10));
    });
  }

  @Test
  void callsThatFollowOneAnotherKeepTheRateIfTheyShareAThrottle() throws Exception {
    run(() -> {
      Throttle api = throttle("5/s");
      List<Long> starts = Collections.synchronizedList(new ArrayList<>());
      for (int call = 0; call < 6; call++) {
        Headway.with(api).forEach(numbers(3), item -> starts.add(time.nanoTime()));
      }
      long[] instants = starts.stream().mapToLong(Long::longValue).toArray();
      assertThat(Windows.fullest(instants, Duration.ofSeconds(1))).isEqualTo(5);
    });
  }

  @Test
  void aServerSeesNoMoreThanARateCountedFromTheEndWhateverTheNetworkDelays() throws Exception {
    run(() -> {
      List<Long> arrivals = Collections.synchronizedList(new ArrayList<>());
      Headway.with(fromEnd("5/s"))
          .concurrency(20)
          .forEach(
              numbers(200),
              item -> {
                sleep(item * 37 % 50 * 0.01); // the way there
                arrivals.add(time.nanoTime());
                sleep(0.05);
              });
      long[] instants = arrivals.stream().mapToLong(Long::longValue).sorted().toArray();
      assertThat(instants).hasSize(200);
      assertThat(Windows.fullest(instants, Duration.ofSeconds(1))).isLessThanOrEqualTo(5);
    });
  }

  @Test
  void outcomesAreResultsAndExceptionsSideBySide() throws Exception {
    run(() -> {
      List<Outcome<String, Integer>> outcomes =
          outcomes(
              free(2)
                  .ordered()
                  .map(
                      FRUIT,
                      item -> {
                        if (item.equals("banana")) {
                          throw new IOException("no");
                        }
                        return item.length();
                      }));
      assertThat(outcomes).extracting(Outcome::item).isEqualTo(FRUIT);
      assertThat(outcomes.get(0).value()).isEqualTo(5);
      assertThatThrownBy(outcomes.get(1)::value).hasRootCauseMessage("no");
      assertThat(outcomes.get(2).value()).isEqualTo(6);
    });
  }

  @Test
  void aSlowReaderHoldsTheRunBack() throws Exception {
    run(() -> {
      WatchedItems items = new WatchedItems(300);
      int read = 0;
      try (Results<Integer, Integer> results = free(4).map(items, taking(0.01))) {
        for (int ignored : results) {
          read++;
          sleep(10);
          assertThat(items.pulled.get() - read).isLessThanOrEqualTo(20);
        }
      }
      assertThat(read).isEqualTo(300);
    });
  }

  @Test
  void aCallerThatIsInterruptedLeavesNothingRunning() throws Exception {
    run(() -> {
      Gauge gauge = new Gauge();
      CompletableFuture<Thread> caller = new CompletableFuture<>();
      CompletableFuture<Boolean> told =
          fork(() -> {
            caller.complete(Thread.currentThread());
            try {
              free(4).forEach(numbers(100), gauge.around(taking(1_000))::run);
              return false;
            } catch (InterruptedException e) {
              return true;
            }
          });
      sleep(5);
      time.interrupt(time.await(caller));
      assertThat(time.await(told)).isTrue();
      assertThat(gauge.now()).isZero();
      assertThat(gauge.all()).isEqualTo(4);
      assertThat(seconds()).isEqualTo(5);
    });
  }
}
