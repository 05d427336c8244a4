package dev.headway.tests.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headway.Headway;
import dev.headway.InvalidTaskException;
import dev.headway.Outcome;
import dev.headway.Results;
import dev.headway.Retry;
import dev.headway.TaskFailedException;
import dev.headway.limit.Cost;
import dev.headway.throttle.QueueFullException;
import dev.headway.throttle.Throttle;
import dev.headway.time.TimeSource;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A failure is thrown once or kept as an outcome, and never takes anything else with it. */
class FailureTest extends InVirtualTime {

  /** Throws what a method does not declare. */
  @SuppressWarnings({"unchecked", "DoNotCallSuggester"})
  static <X extends Throwable> void sneak(Throwable what) throws X {
    throw (X) what;
  }

  private static <T, R> TaskFailedException failureOf(Outcome<T, R> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Failure.class);
    return ((Outcome.Failure<T, R>) outcome).exception();
  }

  @Test
  void theFirstFailureIsThrownFromIterationAndCancelsTheRest() throws Exception {
    run(() -> {
      AtomicInteger interrupted = new AtomicInteger();
      Gauge gauge = new Gauge();
      IOException cause = new IOException("no");
      try (Results<String, Integer> results =
          free(4)
              .map(
                  List.of("a", "b", "c", "d", "e"),
                  gauge.around(item -> {
                    try {
                      sleep(item.equals("c") ? 1 : 1_000);
                    } catch (InterruptedException e) {
                      interrupted.incrementAndGet();
                      sleepThrough(5);
                      throw e;
                    }
                    throw cause;
                  }))) {
        assertThatThrownBy(results.iterator()::hasNext)
            .isInstanceOfSatisfying(
                TaskFailedException.class,
                e -> {
                  assertThat(e.item()).isEqualTo("c");
                  assertThat(e.index()).isEqualTo(2);
                  assertThat(e.attempts()).isEqualTo(1);
                  assertThat(e.getCause()).isSameAs(cause);
                });
        assertThat(gauge.now()).as("waited for").isZero();
        assertThat(seconds()).as("the slow end of the others").isEqualTo(6);
        assertThat(interrupted.get()).isGreaterThanOrEqualTo(3);
        assertThatThrownBy(results.iterator()::hasNext).isInstanceOf(CancellationException.class);
        List<Outcome<String, Integer>> outcomes = all(results.outcomes());
        assertThat(outcomes).extracting(Outcome::index).doesNotHaveDuplicates();
        assertThat(outcomes).hasSize((int) results.progress().started());
      }
    });
  }

  @Test
  void outcomesThrowNothingAndCancelNothing() throws Exception {
    run(() -> {
      List<Outcome<Integer, Integer>> outcomes =
          outcomes(
              free(4)
                  .map(
                      numbers(100),
                      item -> {
                        sleep(1);
                        if (item % 2 == 0) {
                          throw new IOException("even");
                        }
                        return item;
                      }));
      assertThat(outcomes).hasSize(100);
      assertThat(outcomes).filteredOn(Outcome.Failure.class::isInstance).hasSize(50);
      assertThat(seconds()).isEqualTo(25);
    });
  }

  @Test
  void anErrorIsAFailureLikeAnyOther() throws Exception {
    run(() -> {
      List<Outcome<Integer, Integer>> outcomes =
          outcomes(
              free(2)
                  .map(
                      numbers(20),
                      item -> {
                        if (item % 2 == 0) {
                          throw new StackOverflowError();
                        }
                        return item;
                      }));
      assertThat(outcomes).hasSize(20);
      assertThat(outcomes.stream().filter(Outcome.Failure.class::isInstance))
          .hasSize(10)
          .allMatch(outcome -> failureOf(outcome).getCause() instanceof StackOverflowError);
    });
  }

  @Test
  void aNullItemIsAnInvalidTaskAndTheRestGoesOn() throws Exception {
    run(() -> {
      Results<String, String> results =
          free(2).ordered().map(Arrays.asList(null, "b", null, "d"), taking(1));
      List<Outcome<String, String>> outcomes = outcomes(results);
      assertThat(outcomes).hasSize(4);
      assertThat(failureOf(outcomes.get(0)))
          .isInstanceOf(InvalidTaskException.class)
          .hasMessageContaining("null");
      assertThat(failureOf(outcomes.get(2)).index()).isEqualTo(2);
      assertThat(outcomes.get(2).attempts()).isZero();
      assertThat(outcomes.get(3).value()).isEqualTo("d");
      assertThat(results.progress().started()).isEqualTo(4);
      assertThat(results.progress().failed()).isEqualTo(2);
    });
  }

  @Test
  void aCostThatCanNeverBeMetIsAnInvalidTaskAndTheRestGoesOn() throws Exception {
    run(() -> {
      Throttle throttle = throttle("10/s");
      List<Outcome<Integer, Integer>> outcomes =
          outcomes(
              Headway.with(throttle)
                  .ordered()
                  .map(List.of(10, 11, 10, 0), permits -> Cost.permits(permits), taking(0)));
      assertThat(failureOf(outcomes.get(1))).isInstanceOf(InvalidTaskException.class);
      assertThat(failureOf(outcomes.get(3)))
          .isInstanceOf(InvalidTaskException.class)
          .hasMessageContaining("cost");
      assertThat(outcomes.get(2).value()).isEqualTo(10);
      assertThat(seconds()).isEqualTo(1);
      assertUnused(throttle);
    });
  }

  @Test
  void aCostingThatFailsIsAnInvalidTaskAndTheRestGoesOn() throws Exception {
    run(() -> {
      List<Outcome<Integer, Integer>> outcomes =
          outcomes(
              free(2)
                  .ordered()
                  .map(
                      numbers(40),
                      item ->
                          switch (item % 4) {
                            case 0 -> throw new IllegalStateException("cannot tell");
                            case 1 -> throw new AssertionError("cannot tell");
                            case 2 -> null;
                            default -> Cost.one();
                          },
                      taking(1)));
      assertThat(outcomes).hasSize(40);
      assertThat(outcomes)
          .filteredOn(Outcome.Failure.class::isInstance)
          .hasSize(30)
          .allMatch(outcome -> failureOf(outcome) instanceof InvalidTaskException);
    });
  }

  @Test
  void aThrottleThatRefusesIsAFailureOfTheItemAndTheRestGoesOn() throws Exception {
    run(() -> {
      Throttle throttle = Throttle.builder().timeSource(time).rate("1/s").maxWaiting(0).build();
      List<Outcome<Integer, Integer>> outcomes =
          outcomes(Headway.with(throttle).ordered().map(numbers(5), taking(0)));
      assertThat(outcomes).hasSize(5);
      assertThat(outcomes.get(0).value()).isZero();
      assertThat(failureOf(outcomes.get(4))).hasCauseInstanceOf(QueueFullException.class);
    });
  }

  /** The same throttle, but that one of its methods fails when it has been called a few times. */
  private static Throttle failing(Throttle throttle, String method, Throwable failure) {
    AtomicInteger calls = new AtomicInteger();
    return (Throttle)
        Proxy.newProxyInstance(
            FailureTest.class.getClassLoader(),
            new Class<?>[] {Throttle.class},
            (proxy, called, arguments) -> {
              if (called.getName().equals(method) && calls.incrementAndGet() % 3 == 0) {
                throw failure;
              }
              try {
                return called.invoke(throttle, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"acquireAsync", "pauseFor"})
  void aThrottleThatBreaksIsAFailureOfTheItemAndTheRestGoesOn(String method) throws Exception {
    for (Throwable failure : List.of(new IllegalStateException("x"), new OutOfMemoryError("x"))) {
      run(() -> {
        Throttle throttle = failing(free, method, failure);
        AtomicInteger told = new AtomicInteger();
        List<Outcome<Integer, Integer>> outcomes =
            outcomes(
                Headway.with(throttle)
                    .concurrency(3)
                    .map(
                        numbers(50),
                        item -> {
                          if (told.incrementAndGet() % 2 == 0) {
                            throw new dev.headway.throttle.ThrottledException(
                                java.time.Duration.ofSeconds(1));
                          }
                          return item;
                        }));
        assertThat(outcomes).hasSize(50);
        assertThat(outcomes)
            .filteredOn(Outcome.Failure.class::isInstance)
            .isNotEmpty()
            .allMatch(outcome -> failure.equals(failureOf(outcome).getCause()));
        assertUnused(free);
      });
    }
  }

  @Test
  void aRetryThatFailsToDecideIsAFailureOfTheItemAndTheRestGoesOn() throws Exception {
    run(() -> {
      Retry broken =
          Retry.upTo(3)
              .when(e -> {
                throw new IllegalStateException("cannot decide");
              });
      List<Outcome<Integer, Integer>> outcomes =
          outcomes(
              free(2)
                  .retry(broken)
                  .map(
                      numbers(20),
                      item -> {
                        throw new IOException("no");
                      }));
      assertThat(outcomes).hasSize(20).allMatch(Outcome.Failure.class::isInstance);
    });
  }

  /** This time, but that it has no more threads after the first so many. */
  private TimeSource withThreads(int most) {
    AtomicInteger threads = new AtomicInteger();
    return new TimeSource() {
      @Override
      public long nanoTime() {
        return time.nanoTime();
      }

      @Override
      public Instant instant() {
        return time.instant();
      }

      @Override
      public void park(Object blocker, long deadline) {
        time.park(blocker, deadline);
      }

      @Override
      public void unpark(Thread thread) {
        time.unpark(thread);
      }

      @Override
      public Timer schedule(long at, Runnable action) {
        return time.schedule(at, action);
      }

      @Override
      public Thread start(String name, Runnable body) {
        if (threads.incrementAndGet() > most) {
          throw new OutOfMemoryError("no more threads");
        }
        return time.start(name, body);
      }
    };
  }

  @Test
  void aMachineThatHasNoMoreThreadsRunsWithThoseItHas() throws Exception {
    run(() -> {
      Throttle throttle = Throttle.builder().timeSource(withThreads(3)).build();
      Gauge gauge = new Gauge();
      List<Outcome<Integer, Integer>> outcomes =
          outcomes(
              Headway.with(throttle)
                  .concurrency(8)
                  .retry(Retry.upTo(1))
                  .map(numbers(30), gauge.around(taking(1))));
      assertThat(outcomes).hasSize(30).allMatch(Outcome.Success.class::isInstance);
      assertThat(gauge.most()).isEqualTo(3);
      assertThat(seconds()).isEqualTo(10);
      assertUnused(throttle);
    });
  }

  @Test
  void aMachineThatHasNoThreadAtAllSaysSoAndClosesTheInput() throws Exception {
    run(() -> {
      Throttle throttle = Throttle.builder().timeSource(withThreads(0)).build();
      WatchedItems items = new WatchedItems(10);
      assertThatThrownBy(() -> Headway.with(throttle).map(items, taking(1)))
          .isInstanceOf(OutOfMemoryError.class);
      assertThat(items.closed).hasValue(1);
    });
  }
}
