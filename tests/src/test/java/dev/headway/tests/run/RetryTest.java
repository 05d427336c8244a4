package dev.headway.tests.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.headway.Headway;
import dev.headway.Outcome;
import dev.headway.Retry;
import dev.headway.TaskFailedException;
import dev.headway.throttle.Throttle;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** What may be tried again is, as often and after as long as was said. */
class RetryTest extends InVirtualTime {

  private <R> Outcome<Integer, R> only(Headway run, dev.headway.Task<Integer, R> task) {
    return outcomes(run.map(numbers(1), task)).get(0);
  }

  private static <R> dev.headway.Task<Integer, R> failing(AtomicInteger tries, Exception failure) {
    return item -> {
      tries.incrementAndGet();
      throw failure;
    };
  }

  @Test
  void withoutARetryNothingIsTriedAgain() throws Exception {
    run(() -> {
      AtomicInteger tries = new AtomicInteger();
      assertThat(only(free(1), failing(tries, new IOException())).attempts()).isEqualTo(1);
      assertThat(tries).hasValue(1);
    });
  }

  @Test
  void upToSoManyRetriesAndTheAttemptsAreCounted() throws Exception {
    run(() -> {
      AtomicInteger tries = new AtomicInteger();
      IOException cause = new IOException("no");
      Outcome<Integer, Integer> outcome = only(free(1).retry(Retry.upTo(3)), failing(tries, cause));
      assertThat(tries).hasValue(4);
      assertThat(outcome.attempts()).isEqualTo(4);
      TaskFailedException failure = ((Outcome.Failure<Integer, Integer>) outcome).exception();
      assertThat(failure).hasCause(cause).hasMessageContaining("4 attempts");
      assertThat(failure.attempts()).isEqualTo(4);
    });
  }

  @Test
  void aSuccessAfterRetriesSaysHowMany() throws Exception {
    run(() -> {
      AtomicInteger tries = new AtomicInteger();
      Outcome<Integer, String> outcome =
          only(
              free(1).retry(Retry.upTo(9).backoff(Duration.ofSeconds(1))),
              item -> {
                sleep(0.25);
                if (tries.incrementAndGet() < 3) {
                  throw new IOException("no");
                }
                return "yes";
              });
      assertThat(outcome.value()).isEqualTo("yes");
      assertThat(outcome.attempts()).isEqualTo(3);
      assertThat(outcome.timing().took()).hasMillis(250);
      assertThat(outcome.timing().startedAt()).isEqualTo("2000-01-01T00:00:00Z");
      assertThat(outcome.timing().waited()).isEqualTo(time.elapsed().minusMillis(750));
    });
  }

  @Test
  void onlyFailuresOfTheGivenTypesAreTriedAgain() throws Exception {
    run(() -> {
      Retry retry = Retry.upTo(2).on(FileNotFoundException.class, ArithmeticException.class);
      Headway run = free(1).retry(retry);
      AtomicInteger tries = new AtomicInteger();
      assertThat(only(run, failing(tries, new IOException())).attempts()).isEqualTo(1);
      assertThat(only(run, failing(tries, new FileNotFoundException())).attempts()).isEqualTo(3);
      assertThat(only(run, failing(tries, new ArithmeticException())).attempts()).isEqualTo(3);
    });
  }

  @Test
  void onlyFailuresThatSuitAPredicateAreTriedAgain() throws Exception {
    run(() -> {
      Headway run = free(1).retry(Retry.upTo(2).when(e -> "again".equals(e.getMessage())));
      AtomicInteger tries = new AtomicInteger();
      assertThat(only(run, failing(tries, new IOException("no"))).attempts()).isEqualTo(1);
      assertThat(only(run, failing(tries, new IOException("again"))).attempts()).isEqualTo(3);
    });
  }

  @Test
  void anInterruptIsNeverTriedAgain() throws Exception {
    run(() -> {
      AtomicInteger tries = new AtomicInteger();
      Headway run = free(1).retry(Retry.upTo(5));
      assertThat(only(run, failing(tries, new InterruptedException())).attempts()).isEqualTo(1);
    });
  }

  @RepeatedTest(5)
  void theBackOffDoublesWithJitterInItsUpperHalfUpToTheLongest() throws Exception {
    run(() -> {
      List<Double> starts = Collections.synchronizedList(new ArrayList<>());
      only(
          free(1).retry(Retry.upTo(6).backoff(Duration.ofSeconds(1), Duration.ofSeconds(10))),
          item -> {
            starts.add(seconds());
            throw new IOException("no");
          });
      double[] most = {1, 2, 4, 8, 10, 10};
      for (int i = 0; i < most.length; i++) {
        assertThat(starts.get(i + 1) - starts.get(i)).isBetween(most[i] / 2 - 1e-9, most[i]);
      }
    });
  }

  @Test
  void theJitterKeepsItemsThatFailedTogetherApart() throws Exception {
    run(() -> {
      List<Double> starts = Collections.synchronizedList(new ArrayList<>());
      outcomes(
          free(20)
              .retry(Retry.upTo(1).backoff(Duration.ofSeconds(1)))
              .map(
                  numbers(20),
                  item -> {
                    starts.add(seconds());
                    throw new IOException("no");
                  }));
      assertThat(starts.subList(20, 40)).doesNotHaveDuplicates();
    });
  }

  @Test
  void aDelayIsInBoundsHoweverOftenSomethingFailed() {
    Retry retry = Retry.upTo(1).backoff(Duration.ofMillis(3), Duration.ofHours(1));
    for (int failures = 1; failures < 200; failures++) {
      double most = Math.min(3 * Math.pow(2, failures - 1), 3_600_000) * 1e6;
      assertThat((double) retry.delay(failures).toNanos()).isBetween(most / 2 - 1, most);
    }
    Retry endless = retry.backoff(Duration.ofSeconds(1), Duration.ofSeconds(Long.MAX_VALUE));
    assertThat(endless.delay(Integer.MAX_VALUE)).isPositive();
    assertThat(retry.backoff(Duration.ZERO).delay(7)).isZero();
    assertThat(Retry.upTo(1).backoff(Duration.ofDays(2)).delay(1))
        .isBetween(Duration.ofDays(1), Duration.ofDays(2));
  }

  @Test
  void numbersThatMakeNoSenseAreRefusedAtOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Retry.upTo(-1))
        .withMessageContaining("-1");
    Retry retry = Retry.upTo(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> retry.backoff(Duration.ofSeconds(-1)))
        .withMessageContaining("-1 s");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> retry.backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)))
        .withMessageContaining("2 s");
    assertThatIllegalArgumentException().isThrownBy(() -> retry.throttledUpTo(-5));
  }

  @Test
  void retriesTakeNewPermits() throws Exception {
    run(() -> {
      Throttle throttle = throttle("1/10s");
      List<Double> starts = Collections.synchronizedList(new ArrayList<>());
      only(
          Headway.with(throttle).retry(Retry.upTo(3).backoff(Duration.ofSeconds(1))),
          item -> {
            starts.add(seconds());
            throw new IOException("no");
          });
      assertThat(starts).containsExactly(0.0, 10.0, 20.0, 30.0);
      assertThat(throttle.snapshot().granted()).isEqualTo(4);
      assertUnused(throttle);
    });
  }

  @Test
  void theInputMayBeExhaustedWhileItemsBackOff() throws Exception {
    run(() -> {
      AtomicInteger tries = new AtomicInteger();
      List<Outcome<Integer, Integer>> outcomes =
          outcomes(
              free(2)
                  .ordered()
                  .retry(Retry.upTo(1).backoff(Duration.ofSeconds(60)))
                  .map(
                      numbers(10),
                      item -> {
                        if (tries.incrementAndGet() <= 10) {
                          throw new IOException("once");
                        }
                        sleep(1);
                        return item;
                      }));
      assertThat(outcomes).extracting(Outcome::value).isEqualTo(numbers(10));
    });
  }

  private int triesOf(Retry retry, Throwable failure) throws Exception {
    AtomicInteger tries = new AtomicInteger();
    run(() -> {
      Outcome<Integer, Integer> outcome =
          only(
              free(1).retry(retry.backoff(Duration.ZERO)),
              item -> {
                tries.incrementAndGet();
                return RetryTest.<RuntimeException>sneak(failure);
              });
      assertThat(((Outcome.Failure<Integer, Integer>) outcome).exception()).hasCause(failure);
    });
    return tries.get();
  }

  @SuppressWarnings("unchecked") // what is thrown need not be declared
  private static <X extends Throwable> int sneak(Throwable failure) throws X {
    throw (X) failure;
  }

  @Test
  void anErrorIsTriedAgainOnlyIfItsClassIsNamed() throws Exception {
    Throwable error = new OutOfMemoryError("not really");
    for (Throwable failure : List.of(error, new CompletionException(error))) {
      assertThat(triesOf(Retry.upTo(2), failure)).isEqualTo(1);
      assertThat(triesOf(Retry.upTo(2).when(e -> true), failure)).isEqualTo(1);
      assertThat(triesOf(Retry.upTo(2).on(Throwable.class), failure)).isEqualTo(1);
      assertThat(triesOf(Retry.upTo(2).on(CompletionException.class), failure)).isEqualTo(1);
      assertThat(triesOf(Retry.upTo(2).on(StackOverflowError.class), failure)).isEqualTo(1);
      assertThat(triesOf(Retry.upTo(2).on(OutOfMemoryError.class), failure)).isEqualTo(3);
      assertThat(triesOf(Retry.upTo(2).on(VirtualMachineError.class), failure)).isEqualTo(3);
      assertThat(triesOf(Retry.upTo(2).on(Error.class), failure)).isEqualTo(3);
    }
  }

  @Test
  void aFailureIsKnownByWhatItWraps() throws Exception {
    IOException cause = new FileNotFoundException("no");
    for (Exception wrapper :
        List.of(
            new UncheckedIOException(cause),
            new CompletionException(new ExecutionException(cause)),
            new InvocationTargetException(cause))) {
      assertThat(triesOf(Retry.upTo(1).on(IOException.class), wrapper)).isEqualTo(2);
      assertThat(triesOf(Retry.upTo(1).on(IllegalStateException.class), wrapper)).isEqualTo(1);
      assertThat(triesOf(Retry.upTo(1).on(wrapper.getClass()), wrapper)).isEqualTo(2);
    }
    Exception reason = new IllegalStateException(cause);
    assertThat(triesOf(Retry.upTo(1).on(IOException.class), reason))
        .as("a cause that is not only wrapped")
        .isEqualTo(1);
  }

  @Test
  void aPredicateThatThrowsHasSaidNoAndHidesNothing() throws Exception {
    for (Throwable broken : List.of(new IllegalStateException("oops"), new StackOverflowError())) {
      IOException failure = new IOException("no");
      Retry retry = Retry.upTo(3).when(e -> RetryTest.<RuntimeException>sneak(broken) > 0);
      assertThat(triesOf(retry, failure)).isEqualTo(1);
      assertThat(failure.getSuppressed()).containsExactly(broken);
    }
    IllegalStateException itself = new IllegalStateException("thrown twice");
    assertThat(triesOf(Retry.upTo(3).when(e -> RetryTest.<RuntimeException>sneak(e) > 0), itself))
        .isEqualTo(1);
  }
}
