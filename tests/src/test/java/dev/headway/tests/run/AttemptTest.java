package dev.headway.tests.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.Headway;
import dev.headway.InvalidTaskException;
import dev.headway.Outcome;
import dev.headway.Retry;
import dev.headway.TaskFailedException;
import dev.headway.limit.Cost;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottledException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** One item can be tried in the calling thread, with the throttle, costs and retries of a run. */
class AttemptTest extends InVirtualTime {

  @Test
  void anAttemptIsMadeInTheCallingThread() throws Exception {
    run(() -> {
      Thread caller = Thread.currentThread();
      Outcome<String, Thread> outcome = free(1).attempt("x", item -> Thread.currentThread());
      assertThat(outcome.value()).isSameAs(caller);
      assertThat(outcome.item()).isEqualTo("x");
      assertThat(outcome.attempts()).isEqualTo(1);
    });
  }

  @Test
  void anAttemptWaitsCostsAndIsTriedAgainAsInARun() throws Exception {
    run(() -> {
      Throttle throttle = throttle("10/s");
      AtomicInteger tries = new AtomicInteger();
      Outcome<Integer, String> outcome =
          Headway.with(throttle)
              .retry(Retry.upTo(1).backoff(Duration.ofMillis(10)))
              .attempt(
                  10,
                  item -> Cost.permits(item),
                  item ->
                      switch (tries.getAndIncrement()) {
                        case 0 -> throw new IOException("no");
                        case 1 -> throw new ThrottledException(Duration.ofSeconds(30));
                        default -> "yes";
                      });
      assertThat(outcome.value()).isEqualTo("yes");
      assertThat(outcome.attempts()).isEqualTo(2);
      assertThat(seconds()).isEqualTo(31);
      assertUnused(throttle);
    });
  }

  @Test
  void whatItThrowsIsAFailure() throws Exception {
    run(() -> {
      IOException cause = new IOException("no");
      Outcome<String, String> outcome =
          free(1)
              .attempt(
                  "x",
                  item -> {
                    throw cause;
                  });
      TaskFailedException failure = ((Outcome.Failure<?, ?>) outcome).exception();
      assertThat(failure).hasCause(cause);
      assertThat(failure.item()).isEqualTo("x");
      Outcome<String, String> invalid = free(1).attempt(null, item -> item);
      assertThat(((Outcome.Failure<?, ?>) invalid).exception())
          .isInstanceOf(InvalidTaskException.class);
    });
  }

  @Test
  void anInterruptIsAFailureAndStaysPending() throws Exception {
    run(() -> {
      Throttle throttle = throttle("1/h");
      throttle.acquire().close();
      Thread.currentThread().interrupt();
      Outcome<String, String> outcome = Headway.with(throttle).attempt("x", item -> item);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(((Outcome.Failure<?, ?>) outcome).exception())
          .hasCauseInstanceOf(InterruptedException.class);
      assertThat(outcome.attempts()).isZero();
      assertThat(throttle.snapshot().granted()).isEqualTo(1);
    });
  }

  @Test
  void aFailureThatATaskPassesOnKeepsItsCauseAndGetsItsPlace() throws Exception {
    run(() -> {
      IOException cause = new IOException("no");
      Headway inner = free(1).retry(Retry.upTo(2));
      Outcome<Integer, Integer> outcome =
          outcomes(
                  free(1)
                      .ordered()
                      .map(
                          numbers(3),
                          item ->
                              inner
                                  .<Integer, Integer>attempt(
                                      item,
                                      again -> {
                                        throw cause;
                                      })
                                  .value()))
              .get(2);
      TaskFailedException failure = ((Outcome.Failure<?, ?>) outcome).exception();
      assertThat(failure).hasRootCause(cause);
      assertThat(failure.index()).isEqualTo(2);
      assertThat(failure.item()).isEqualTo(2);
    });
  }
}
