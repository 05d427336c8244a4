package dev.headway.tests.from;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headway.Headway;
import dev.headway.InputException;
import dev.headway.Inputs;
import dev.headway.InvalidTaskException;
import dev.headway.Outcome;
import dev.headway.Progress;
import dev.headway.Results;
import dev.headway.TaskFailedException;
import dev.headway.tests.run.Gauge;
import dev.headway.tests.run.InVirtualTime;
import dev.headway.tests.run.Publishers;
import dev.headway.tests.run.WatchedItems;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What one does with aio.tasks. In the patterns of tasks below an H is happy: it takes a second and
 * returns; an S is sad: it takes half a second and fails; a 0 is null.
 */
class AioTasksTest extends InVirtualTime {

  /** What tasks may come from. */
  enum Kind {
    LIST,
    SET,
    ITERATOR,
    STREAM,
    PUBLISHER;

    <R> Results<Callable<R>, R> start(Headway run, List<Callable<R>> tasks) {
      return switch (this) {
        case LIST -> run.concurrent(tasks);
        case SET -> run.concurrent(new LinkedHashSet<>(tasks));
        case ITERATOR -> run.concurrent(Inputs.of(tasks.iterator()));
        case STREAM -> run.concurrent(tasks.stream());
        case PUBLISHER -> run.concurrent(Inputs.of(Publishers.of(tasks)));
      };
    }

    /** What is there when one has been asked for: all of a collection, and nothing more else. */
    List<Integer> madeAlready(int askedFor, int last) {
      return this == LIST || this == SET
          ? IntStream.rangeClosed(askedFor, last).boxed().toList()
          : List.of(askedFor);
    }

    /** The tasks, and then a failure of what they come from. */
    <R> Results<Callable<R>, R> startFailing(
        Headway run, List<Callable<R>> tasks, RuntimeException failure) {
      Stream<Callable<R>> failing =
          IntStream.rangeClosed(0, tasks.size())
              .mapToObj(i -> {
                if (i == tasks.size()) {
                  throw failure;
                }
                return tasks.get(i);
              });
      return switch (this) {
        case LIST, SET -> run.concurrent(once(failing.iterator()));
        case ITERATOR -> run.concurrent(Inputs.of(failing.iterator()));
        case STREAM -> run.concurrent(failing);
        case PUBLISHER -> run.concurrent(Inputs.of(Publishers.failing(tasks, failure)));
      };
    }
  }

  private static <T> Iterable<T> once(Iterator<T> items) {
    return () -> items;
  }

  private static Stream<Arguments> kindsAndLimits() {
    return Stream.of(Kind.values())
        .flatMap(kind -> Stream.of(1, 2, 3, 7, -1).map(limit -> Arguments.of(kind, limit)));
  }

  /** How many tasks run at once under a limit, where there are no more of them than so many. */
  private static int atOnce(int limit, int tasks) {
    return limit == Headway.UNLIMITED ? tasks : limit;
  }

  /** How often a limit is filled before the task at an index starts. */
  private static int rounds(int index, int limit, int tasks) {
    return index / atOnce(limit, tasks);
  }

  private final Gauge gauge = new Gauge();

  private Callable<String> task(String letter) {
    return () ->
        gauge
            .<String, String>around(what -> {
              sleep(what.equals("S") ? 0.5 : 1);
              if (what.equals("S")) {
                throw new IOException("sad");
              }
              return what;
            })
            .run(letter);
  }

  private List<Callable<String>> tasks(String pattern) {
    List<Callable<String>> tasks = new ArrayList<>();
    for (int i = 0; i < pattern.length(); i++) {
      String letter = pattern.substring(i, i + 1);
      tasks.add(letter.equals("0") ? null : task(letter));
    }
    return tasks;
  }

  /** The letter that led to an outcome. */
  private static String letter(Outcome<?, String> outcome) {
    return switch (outcome) {
      case Outcome.Success<?, String> success -> success.value();
      case Outcome.Failure<?, String> failure
          when failure.exception() instanceof InvalidTaskException ->
          "0";
      case Outcome.Failure<?, String> failure -> {
        assertThat(failure.exception()).hasRootCauseMessage("sad");
        yield "S";
      }
    };
  }

  private static String letters(List<? extends Outcome<?, String>> outcomes) {
    return String.join("", outcomes.stream().map(AioTasksTest::letter).toList());
  }

  @ParameterizedTest
  @MethodSource("kindsAndLimits")
  void tasksFromEveryKindOfInputRunAsManyAtOnceAsMay(Kind kind, int limit) throws Exception {
    run(() -> {
      try (Results<Callable<String>, String> results = kind.start(free(limit), tasks("HHHHHHH"))) {
        assertThat(all(results)).hasSize(7).containsOnly("H");
      }
      assertThat(gauge.most()).isEqualTo(atOnce(limit, 7));
      assertThat(seconds()).isEqualTo(Math.ceilDiv(7, atOnce(limit, 7)));
    });
  }

  @ParameterizedTest
  @EnumSource
  void noTasksAreNoResults(Kind kind) throws Exception {
    run(() -> {
      assertThat(outcomes(kind.<String>start(free(2), List.of()))).isEmpty();
      assertThat(seconds()).isZero();
    });
  }

  @Test
  void theNextTaskStartsAsSoonAsOneOfThreeReturns() throws Exception {
    run(() -> {
      List<String> diary = Collections.synchronizedList(new ArrayList<>());
      Stream<Callable<Integer>> provider =
          numbers(5).stream()
              .map(id ->
                  () -> {
                    diary.add("%.0f: %d starts".formatted(seconds(), id));
                    sleep(10 - id);
                    return id;
                  });
      try (Results<Callable<Integer>, Integer> results = free(3).concurrent(provider)) {
        for (int id : results) {
          diary.add("%.0f: %d returned".formatted(seconds(), id));
        }
      }
      assertThat(diary.subList(0, 3))
          .containsExactlyInAnyOrder("0: 0 starts", "0: 1 starts", "0: 2 starts");
      assertThat(diary.subList(3, diary.size()))
          .containsExactlyInAnyOrder(
              "8: 2 returned",
              "8: 3 starts",
              "9: 1 returned",
              "9: 4 starts",
              "10: 0 returned",
              "15: 3 returned",
              "15: 4 returned");
    });
  }

  @Test
  void resultsComeAsTheyCompleteWithTheTaskTheyAreOf() throws Exception {
    run(() -> {
      List<Callable<String>> tasks = tasks("HSH");
      List<Outcome<Callable<String>, String>> outcomes = outcomes(free(3).concurrent(tasks));
      assertThat(letters(outcomes)).isEqualTo("SHH");
      assertThat(outcomes.getFirst().item()).isSameAs(tasks.get(1));
      assertThat(outcomes).allMatch(one -> tasks.get((int) one.index()).equals(one.item()));
    });
  }

  @Test
  void theDefaultLimitIsTheCoresAndFourAndAtMost32() throws Exception {
    run(() -> {
      try (Results<Callable<String>, String> results =
          Headway.with(free).concurrent(tasks("H".repeat(100)))) {
        assertThat(all(results)).hasSize(100);
      }
      int cores = Runtime.getRuntime().availableProcessors();
      assertThat(gauge.most()).isEqualTo(Math.min(32, cores + 4));
    });
  }

  @Test
  void aLimitOfMinusOneRunsAllAtOnce() throws Exception {
    run(() -> {
      assertThat(outcomes(free(-1).concurrent(tasks("H".repeat(500))))).hasSize(500);
      assertThat(gauge.most()).isEqualTo(500);
      assertThat(seconds()).isEqualTo(1);
    });
  }

  @Test
  void aLimitOfZeroIsAMistakeAndToldAtOnce() {
    assertThatIllegalArgumentException().isThrownBy(() -> free(0)).withMessageContaining("not 0");
  }

  private static Stream<Arguments> kindsAndFailures() {
    return kindsAndLimits()
        .flatMap(arguments ->
            Stream.of("HHSHHH", "SSHHH", "HHHHS")
                .map(pattern -> Arguments.of(arguments.get()[0], arguments.get()[1], pattern)));
  }

  @ParameterizedTest
  @MethodSource("kindsAndFailures")
  void aTaskThatFailsIsThrownAtOnceAfterWhatCameBefore(Kind kind, int limit, String pattern)
      throws Exception {
    run(() -> {
      int failing = pattern.indexOf('S');
      int before = failing - failing % atOnce(limit, pattern.length());
      List<String> read = new ArrayList<>();
      try (Results<Callable<String>, String> results = kind.start(free(limit), tasks(pattern))) {
        assertThatThrownBy(() -> results.forEach(read::add))
            .isInstanceOf(TaskFailedException.class)
            .hasCauseInstanceOf(IOException.class);
        assertThat(gauge.now()).as("interrupted and waited for").isZero();
      }
      assertThat(read).isEqualTo(Collections.nCopies(before, "H"));
      assertThat(seconds()).isEqualTo(rounds(before, limit, pattern.length()) + 0.5);
    });
  }

  @ParameterizedTest
  @MethodSource("kindsAndFailures")
  void aTaskThatFailsIsAnOutcomeAmongTheOthers(Kind kind, int limit, String pattern)
      throws Exception {
    run(() -> {
      int failing = pattern.indexOf('S');
      int before = failing - failing % atOnce(limit, pattern.length());
      String happy = "H".repeat(pattern.replace("S", "").length());
      String sad = pattern.replace("H", "");
      String letters = letters(outcomes(kind.start(free(limit), tasks(pattern))));
      assertThat(letters).isEqualTo(happy.substring(0, before) + sad + happy.substring(before));
      assertThat(gauge.all()).isEqualTo(pattern.length());
    });
  }

  @Test
  void whateverATaskThrowsIsItsFailure() throws Exception {
    run(() -> {
      Error error = new StackOverflowError();
      Callable<String> broken =
          () -> {
            throw error;
          };
      List<Outcome<Callable<String>, String>> outcomes =
          outcomes(free(1).concurrent(List.of(broken, task("H"))));
      assertThatThrownBy(outcomes.get(0)::value)
          .isInstanceOf(TaskFailedException.class)
          .hasCause(error);
      assertThat(outcomes.get(1).value()).isEqualTo("H");
    });
  }

  private static Stream<Arguments> kindsOfNullAndLimits() {
    return kindsAndLimits().filter(arguments -> arguments.get()[0] != Kind.PUBLISHER);
  }

  @ParameterizedTest
  @MethodSource("kindsOfNullAndLimits")
  void aNullTaskIsAnInvalidTaskAmongTheOutcomes(Kind kind, int limit) throws Exception {
    run(() -> {
      List<Outcome<Callable<String>, String>> outcomes =
          outcomes(kind.start(free(limit), tasks("HH0HHH")));
      assertThat(letters(outcomes).replace("0", "")).isEqualTo("HHHHH");
      assertThat(outcomes)
          .filteredOn(Outcome.Failure.class::isInstance)
          .singleElement()
          .satisfies(invalid -> {
            assertThat(invalid.index()).isEqualTo(2);
            assertThatThrownBy(invalid::value)
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("null");
          });
    });
  }

  @ParameterizedTest
  @MethodSource("kindsOfNullAndLimits")
  void aNullTaskIsThrownAtOnceFromIteration(Kind kind, int limit) throws Exception {
    run(() -> {
      try (Results<Callable<String>, String> results = kind.start(free(limit), tasks("HH0HHH"))) {
        assertThatThrownBy(() -> all(results)).isInstanceOf(InvalidTaskException.class);
      }
      assertThat(seconds()).isEqualTo(rounds(2, limit, 6));
      assertThat(gauge.now()).isZero();
    });
  }

  @ParameterizedTest
  @MethodSource("kindsAndLimits")
  void anInputThatFailsIsToldAtOnceEvenFromOutcomesAndNothingFurtherRuns(Kind kind, int limit)
      throws Exception {
    run(() -> {
      IllegalStateException failure = new IllegalStateException("no more");
      List<Outcome<Callable<String>, String>> read = new ArrayList<>();
      try (Results<Callable<String>, String> results =
          kind.startFailing(free(limit), tasks("HH"), failure)) {
        assertThatThrownBy(() -> results.outcomes().forEach(read::add))
            .isInstanceOf(InputException.class)
            .hasCause(failure);
        assertThat(seconds()).isEqualTo(rounds(2, limit, 3));
      }
      assertThat(gauge.now()).as("interrupted and waited for").isZero();
      assertThat(seconds()).as("at once").isEqualTo(rounds(2, limit, 3));
      assertThat(gauge.all()).isEqualTo(2);
      assertThat(read).allMatch(outcome -> letter(outcome).equals("H"));
    });
  }

  @ParameterizedTest
  @EnumSource
  void anInputThatFailsIsToldAtOnceFromIteration(Kind kind) throws Exception {
    run(() -> {
      IllegalStateException failure = new IllegalStateException("no more");
      try (Results<Callable<String>, String> results =
          kind.startFailing(free(3), tasks("HH"), failure)) {
        assertThatThrownBy(() -> all(results)).isInstanceOf(InputException.class).hasCause(failure);
      }
      assertThat(seconds()).isZero();
    });
  }

  @Test
  void onFailureRunningTasksAreInterruptedAndWaitedForWhateverTheyThrow() throws Exception {
    run(() -> {
      AtomicInteger interrupted = new AtomicInteger();
      List<Callable<String>> tasks = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        int end = i;
        tasks.add(() -> {
          try {
            sleep(1_000);
          } catch (InterruptedException e) {
            interrupted.incrementAndGet();
            sleepThrough(end);
          }
          throw new IllegalStateException("at its end");
        });
      }
      tasks.add(task("S"));
      try (Results<Callable<String>, String> results = free(6).concurrent(tasks)) {
        assertThatThrownBy(() -> all(results)).hasRootCauseMessage("sad");
        assertThat(interrupted).hasValue(5);
        assertThat(seconds()).as("the slowest end").isEqualTo(4.5);
      }
    });
  }

  @Test
  void whatTasksReturnAfterTheRunWasCancelledIsNoResult() throws Exception {
    run(() -> {
      Callable<String> stubborn =
          () -> {
            sleepThrough(10);
            return "too late";
          };
      List<String> read = new ArrayList<>();
      try (Results<Callable<String>, String> results =
          free(3).concurrent(List.of(stubborn, stubborn, task("S")))) {
        Iterator<String> iterator = results.iterator();
        assertThatThrownBy(() -> iterator.forEachRemaining(read::add))
            .isInstanceOf(TaskFailedException.class);
        assertThatThrownBy(() -> iterator.forEachRemaining(read::add))
            .isInstanceOf(CancellationException.class);
        assertThatThrownBy(() -> results.forEach(read::add))
            .isInstanceOf(CancellationException.class);
      }
      assertThat(read).isEmpty();
      assertThat(seconds()).isEqualTo(10);
    });
  }

  /** Tasks that can be closed, by one who notes which are. */
  private final class Closeables {
    private final List<Integer> started = Collections.synchronizedList(new ArrayList<>());
    private final List<Integer> closed = Collections.synchronizedList(new ArrayList<>());

    private Callable<String> task(int number, String letter) {
      return new Closeable(number, AioTasksTest.this.task(letter));
    }

    private List<Callable<String>> tasks(String pattern) {
      return numbers(pattern.length()).stream()
          .map(i -> task(i, pattern.substring(i, i + 1)))
          .toList();
    }

    private final class Closeable implements Callable<String>, AutoCloseable {
      private final int number;
      private final Callable<String> task;

      Closeable(int number, Callable<String> task) {
        this.number = number;
        this.task = task;
      }

      @Override
      public String call() throws Exception {
        started.add(number);
        return task.call();
      }

      @Override
      public void close() {
        closed.add(number);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void onFailureATaskThatWasMadeAndNotStartedIsClosed(Kind kind) throws Exception {
    run(() -> {
      Closeables closeables = new Closeables();
      List<Callable<String>> tasks = closeables.tasks("HSHH");
      try (Results<Callable<String>, String> results =
          kind.start(Headway.with(throttle("2/h")), tasks)) {
        assertThatThrownBy(() -> all(results)).isInstanceOf(TaskFailedException.class);
      }
      assertThat(closeables.started).containsExactlyInAnyOrder(0, 1);
      assertThat(closeables.closed).isEqualTo(kind.madeAlready(2, 3));
    });
  }

  @ParameterizedTest
  @EnumSource
  void leavingEarlyClosesATaskThatWasMadeAndNotStarted(Kind kind) throws Exception {
    run(() -> {
      Closeables closeables = new Closeables();
      List<Callable<String>> tasks = closeables.tasks("HHHH");
      try (Results<Callable<String>, String> results =
          kind.start(Headway.with(throttle("2/h")), tasks)) {
        assertThat(results.iterator().next()).isEqualTo("H");
      }
      assertThat(closeables.started).containsExactlyInAnyOrder(0, 1);
      assertThat(closeables.closed).isEqualTo(kind.madeAlready(2, 3));
      assertThat(gauge.now()).isZero();
    });
  }

  @Test
  void whatIsLeftOfAListIsClosedByInvokeAllAndInvokeAnyToo() throws Exception {
    run(() -> {
      Closeables closeables = new Closeables();
      assertThatThrownBy(() -> Headway.with(throttle("2/h")).invokeAll(closeables.tasks("HSHHH")))
          .isInstanceOf(TaskFailedException.class);
      assertThat(closeables.closed).containsExactlyInAnyOrder(2, 3, 4);
      assertThat(Headway.with(throttle("1/h")).invokeAny(closeables.tasks("HH"))).isEqualTo("H");
      assertThat(closeables.closed).hasSize(4);
    });
  }

  @Test
  void theProducerIsClosedOnFailureOnLeavingAndAtTheEnd() throws Exception {
    run(() -> {
      List<String> closed = Collections.synchronizedList(new ArrayList<>());
      Stream<Callable<String>> failing =
          Stream.generate(() -> task("S")).onClose(() -> closed.add("failing"));
      try (Results<Callable<String>, String> results = free(2).concurrent(failing)) {
        assertThatThrownBy(() -> all(results)).isInstanceOf(TaskFailedException.class);
        assertThat(closed).containsExactly("failing");
      }
      Stream<Callable<String>> endless =
          Stream.generate(() -> task("H")).onClose(() -> closed.add("left"));
      try (Results<Callable<String>, String> results = free(2).concurrent(endless)) {
        results.iterator().next();
      }
      assertThat(closed).containsExactly("failing", "left");
      Stream<Callable<String>> few = tasks("HH").stream().onClose(() -> closed.add("few"));
      assertThat(outcomes(free(2).concurrent(few))).hasSize(2);
      assertThat(closed).containsExactly("failing", "left", "few");
    });
  }

  @Test
  void aPublisherOfTasksIsCancelledOnFailureAndOnLeaving() throws Exception {
    run(() -> {
      Publishers<Callable<String>> failing = Publishers.endless(task("S"));
      try (Results<Callable<String>, String> results = free(2).concurrent(Inputs.of(failing))) {
        assertThatThrownBy(() -> all(results)).isInstanceOf(TaskFailedException.class);
      }
      assertThat(failing.cancelled).isEqualTo(1);
      Publishers<Callable<String>> left = Publishers.endless(task("H"));
      try (Results<Callable<String>, String> results = free(2).concurrent(Inputs.of(left))) {
        results.iterator().next();
      }
      assertThat(left.cancelled).isEqualTo(1);
    });
  }

  @Test
  void leavingEarlyInterruptsWhatRunsAndStartsNothingFurther() throws Exception {
    run(() -> {
      try (Results<Callable<String>, String> results =
          free(3).concurrent(Stream.generate(() -> task("H")))) {
        sleep(0.5);
        assertThat(gauge.now()).isEqualTo(3);
      }
      assertThat(gauge.now()).isZero();
      assertThat(gauge.all()).isEqualTo(3);
      assertThat(seconds()).isEqualTo(0.5);
    });
  }

  @Test
  void aTaskThatIsGivenTwiceRunsTwice() throws Exception {
    run(() -> {
      Callable<String> task = task("H");
      assertThat(outcomes(free(2).concurrent(Arrays.asList(task, task)))).hasSize(2);
      assertThat(gauge.all()).isEqualTo(2);
    });
  }

  @Test
  void anInputThatHasBeenUsedUpIsToldBeforeAnythingRuns() {
    Stream<Callable<String>> used = tasks("HH").stream();
    assertThat(used.count()).isEqualTo(2);
    assertThatThrownBy(() -> free(2).concurrent(used)).isInstanceOf(InputException.class);
    assertThat(gauge.all()).isZero();
  }

  @Test
  void progressSaysWhatRunsAndWhenAllHasEnded() throws Exception {
    run(() -> {
      try (Results<Callable<String>, String> results = free(2).concurrent(tasks("HHH"))) {
        sleep(0.5);
        Progress running = results.progress();
        assertThat(running.started() - running.finished()).isEqualTo(2);
        all(results);
        Progress ended = results.progress();
        assertThat(ended.started()).isEqualTo(3);
        assertThat(ended.finished()).isEqualTo(3);
      }
    });
  }

  @Test
  void aSlowReaderHoldsTheRunBack() throws Exception {
    run(() -> {
      WatchedItems numbers = new WatchedItems(200);
      Stream<Callable<Integer>> tasks =
          IntStream.iterate(0, i -> i + 1)
              .mapToObj(i -> numbers.iterator().next())
              .limit(200)
              .map(i -> () -> i);
      int read = 0;
      try (Results<Callable<Integer>, Integer> results = free(4).concurrent(tasks)) {
        for (int ignored : results) {
          read++;
          sleep(1);
          assertThat(numbers.pulled.get() - read).isLessThanOrEqualTo(20);
        }
      }
      assertThat(read).isEqualTo(200);
    });
  }
}
