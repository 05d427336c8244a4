package dev.headway.tests.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headway.Headway;
import dev.headway.InputException;
import dev.headway.Inputs;
import dev.headway.InvalidTaskException;
import dev.headway.Outcome;
import dev.headway.Results;
import dev.headway.Retry;
import dev.headway.TaskFailedException;
import dev.headway.limit.Cost;
import dev.headway.throttle.ThrottledException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A run over tasks rather than items, which closes those that never start. */
class ConcurrentTest extends InVirtualTime {

  /** A task that can be closed, and knows whether it has started. */
  private final class Closeable implements Callable<Integer>, AutoCloseable {

    private final double takes;
    private final AtomicInteger started = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();

    Closeable(double takes) {
      this.takes = takes;
    }

    @Override
    public Integer call() throws Exception {
      started.incrementAndGet();
      sleep(takes);
      return started.get();
    }

    @Override
    public void close() throws IOException {
      closed.incrementAndGet();
      if (takes < 0) {
        throw new IOException("will not close");
      }
    }
  }

  private List<Closeable> closeables(int count, double takes) {
    return Stream.generate(() -> new Closeable(takes)).limit(count).toList();
  }

  private List<Callable<Integer>> tasks(int count) {
    return numbers(count).stream()
        .<Callable<Integer>>map(i -> () -> this.<Integer>taking(9 - i).run(i))
        .toList();
  }

  private static <R> List<R> read(Results<?, R> results) {
    try (results) {
      return all(results);
    }
  }

  @Test
  void concurrentTakesIterablesIteratorsStreamsAndPublishers() throws Exception {
    run(() -> {
      List<Callable<Integer>> tasks = tasks(9);
      Headway run = free(4).ordered();
      assertThat(read(run.concurrent(tasks))).isEqualTo(numbers(9));
      assertThat(read(run.concurrent(Inputs.of(tasks.iterator())))).isEqualTo(numbers(9));
      assertThat(read(run.concurrent(tasks.stream()))).isEqualTo(numbers(9));
      assertThat(read(run.concurrent(Inputs.of(Publishers.of(tasks))))).isEqualTo(numbers(9));
    });
  }

  @Test
  void resultsOfTasksComeAsTheyCompleteWithTheirTask() throws Exception {
    run(() -> {
      List<Callable<Integer>> tasks = tasks(3);
      List<Outcome<Callable<Integer>, Integer>> outcomes = outcomes(free(3).concurrent(tasks));
      assertThat(outcomes).extracting(Outcome::value).containsExactly(2, 1, 0);
      assertThat(outcomes.get(0).item()).isSameAs(tasks.get(2));
    });
  }

  @Test
  void aNullTaskIsAnOutcome() throws Exception {
    run(() -> {
      List<Outcome<Callable<Integer>, Integer>> outcomes =
          outcomes(free(2).ordered().concurrent(Arrays.asList(() -> 1, null, () -> 3)));
      assertThat(outcomes.get(0).value()).isEqualTo(1);
      assertThatThrownBy(outcomes.get(1)::value).isInstanceOf(InvalidTaskException.class);
      assertThat(outcomes.get(2).value()).isEqualTo(3);
    });
  }

  @Test
  void leavingEarlyClosesTheTaskThatWasPulledAndDidNotStart() throws Exception {
    run(() -> {
      List<Closeable> tasks = closeables(10, 1);
      try (Results<Callable<Integer>, Integer> results =
          Headway.with(throttle("2/h")).concurrency(4).concurrent(Inputs.of(tasks.iterator()))) {
        results.iterator().next();
      }
      assertThat(tasks).extracting(task -> task.started.get()).startsWith(1, 1, 0);
      assertThat(tasks).extracting(task -> task.closed.get()).startsWith(0, 0, 1, 0);
    });
  }

  @Test
  void leavingEarlyClosesAllThatIsLeftOfACollectionOfTasks() throws Exception {
    run(() -> {
      List<Closeable> tasks = closeables(10, 1);
      try (Results<Callable<Integer>, Integer> results =
          Headway.with(throttle("2/h")).concurrency(4).concurrent(tasks)) {
        results.iterator().next();
      }
      assertThat(tasks).extracting(task -> task.started.get()).startsWith(1, 1, 0);
      assertThat(tasks)
          .extracting(task -> task.closed.get())
          .containsExactly(0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
    });
  }

  /** Tasks in order, of which the last takes a second to be made. */
  private Stream<Callable<Integer>> slowlyMade(List<? extends Callable<Integer>> tasks) {
    return tasks.stream()
        .map(task -> {
          if (task.equals(tasks.getLast())) {
            sleepThrough(1);
          }
          return task;
        });
  }

  @Test
  void aTaskThatWaitsForAPlaceIsClosedWhenTheRunIsLeft() throws Exception {
    run(() -> {
      // The first backs off while the second is made, and has taken the one place when it is.
      Closeable second = new Closeable(1);
      boolean[] again = {false};
      Callable<Integer> first =
          () -> {
            if (!again[0]) {
              again[0] = true;
              throw new IOException("not yet");
            }
            sleep(1_000);
            return 1;
          };
      Duration backoff = Duration.ofMillis(500);
      Results<Callable<Integer>, Integer> results =
          free(1)
              .retry(Retry.upTo(1).backoff(backoff, backoff))
              .concurrent(slowlyMade(List.of(first, second)));
      sleep(10);
      assertThat(results.progress().started()).isEqualTo(1);
      results.close();
      assertThat(second.closed).hasValue(1);
      assertThat(second.started).hasValue(0);
    });
  }

  @Test
  void aFailureClosesTheTaskThatWasPulledAndDidNotStart() throws Exception {
    run(() -> {
      Closeable unstarted = new Closeable(1);
      Callable<Integer> failing =
          () -> {
            throw new IOException("no");
          };
      Headway run = Headway.with(throttle("1/h"));
      assertThatThrownBy(() -> run.invokeAll(List.of(failing, unstarted)))
          .isInstanceOf(TaskFailedException.class);
      assertThat(unstarted.started).hasValue(0);
      assertThat(unstarted.closed).hasValue(1);
    });
  }

  @Test
  void theFirstSuccessOfInvokeAnyClosesTheTaskThatWasPulledAndDidNotStart() throws Exception {
    run(() -> {
      List<Closeable> tasks = closeables(2, 1);
      assertThat(Headway.with(throttle("1/h")).<Integer>invokeAny(tasks)).isEqualTo(1);
      assertThat(tasks.get(1).closed).hasValue(1);
    });
  }

  @Test
  void aTaskThatCannotStartIsClosedAndTheRunGoesOn() throws Exception {
    run(() -> {
      List<Closeable> tasks = closeables(2, 1);
      Headway run = free(1);
      outcomes(
          run.concurrent(
              tasks,
              task -> {
                if (task.equals(tasks.get(0))) {
                  throw new IllegalStateException("who knows");
                }
                return Cost.one();
              }));
      assertThat(tasks).extracting(task -> task.closed.get()).containsExactly(1, 0);
    });
  }

  @Test
  void itemsOfAMapAreTheCallersAndNotClosed() throws Exception {
    run(() -> {
      List<Closeable> items = closeables(3, 1);
      try (Results<Closeable, Integer> results =
          Headway.with(throttle("1/h")).map(items, Closeable::call)) {
        results.iterator().next();
      }
      assertThat(items).allMatch(item -> item.closed.get() == 0);
    });
  }

  @Test
  void theProducerIsClosedWhenARunOverTasksIsLeft() throws Exception {
    run(() -> {
      List<String> closed = new ArrayList<>();
      Stream<Callable<Integer>> endless =
          Stream.<Callable<Integer>>generate(() -> () -> 1).onClose(() -> closed.add("producer"));
      try (Results<Callable<Integer>, Integer> results = free(2).concurrent(endless)) {
        results.iterator().next();
      }
      assertThat(closed).containsExactly("producer");
    });
  }

  /** Publishes when it is told to, even after it was cancelled. */
  private static final class Slow implements Flow.Publisher<Callable<Integer>> {

    private Flow.@Nullable Subscriber<? super Callable<Integer>> subscriber;

    @Override
    public void subscribe(Flow.Subscriber<? super Callable<Integer>> to) {
      subscriber = to;
      to.onSubscribe(
          new Flow.Subscription() {
            @Override
            public void request(long n) {}

            @Override
            public void cancel() {}
          });
    }
  }

  @Test
  void aPublishedTaskThatComesTooLateIsClosed() throws Exception {
    run(() -> {
      Slow publisher = new Slow();
      Closeable late = new Closeable(1);
      Results<Callable<Integer>, Integer> results = free(2).concurrent(Inputs.of(publisher));
      sleep(1);
      results.close();
      publisher.subscriber.onNext(late);
      assertThat(late.closed).hasValue(1);
      assertThat(late.started).hasValue(0);
    });
  }

  @Test
  void whatClosingATaskThrowsIsLogged() throws Exception {
    List<Throwable> logged = new ArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            logged.add(line.getThrown());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger("dev.headway");
    Level before = logger.getLevel();
    logger.setLevel(Level.ALL);
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
    try {
      run(() -> {
        Stream<Callable<Integer>> tasks = Stream.of(() -> 1, new Closeable(-1));
        try (Results<Callable<Integer>, Integer> results =
            Headway.with(throttle("1/h")).concurrent(tasks)) {
          results.iterator().next();
          sleep(1);
        }
      });
    } finally {
      logger.setUseParentHandlers(true);
      logger.removeHandler(handler);
      logger.setLevel(before);
    }
    assertThat(logged).singleElement().asString().contains("will not close");
  }

  @Test
  void aProducerOfTasksThatFailsIsTold() throws Exception {
    run(() -> {
      Stream<Callable<Integer>> broken =
          Stream.generate(() -> {
            throw new IllegalStateException("no more");
          });
      try (Results<Callable<Integer>, Integer> results = free(2).concurrent(broken)) {
        assertThatThrownBy(() -> all(results.outcomes())).isInstanceOf(InputException.class);
      }
    });
  }

  @Test
  void aReplacementThatNeverStartsIsClosed() throws Exception {
    run(() -> {
      Closeable replacement = new Closeable(1);
      CompletableFuture<Void> told = new CompletableFuture<>();
      Callable<Integer> first =
          () -> {
            told.complete(null);
            throw new ThrottledException(Duration.ofHours(1)).insteadRun(replacement);
          };
      Results<Callable<Integer>, Integer> results =
          Headway.with(throttle("5/s")).concurrent(List.of(first));
      time.await(told);
      sleep(10);
      results.close();
      assertThat(replacement.started).hasValue(0);
      assertThat(replacement.closed).hasValue(1);
    });
  }
}
