package dev.headway.tests.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.Around;
import dev.headway.Headway;
import dev.headway.Inputs;
import dev.headway.Outcome;
import dev.headway.Retry;
import dev.headway.throttle.Permit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Each attempt can be wrapped, and starts with a clean context. */
class AroundTest extends InVirtualTime {

  private static final ThreadLocal<String> CONTEXT = new ThreadLocal<>();
  private static final InheritableThreadLocal<String> INHERITED = new InheritableThreadLocal<>();

  @Test
  void eachAttemptIsWrappedUnderItsPermitInTheOrderOfTheWrappers() throws Exception {
    run(() -> {
      List<String> diary = Collections.synchronizedList(new ArrayList<>());
      AtomicInteger tries = new AtomicInteger();
      Headway run =
          Headway.with(throttle("100/s"))
              .retry(Retry.upTo(1))
              .around(task -> {
                diary.add("outer");
                Permit.current();
                task.call();
                diary.add("end");
              })
              .around(task -> {
                CONTEXT.set("x");
                diary.add("inner");
                task.call();
              });
      run.forEach(
          numbers(1),
          item -> {
            diary.add("task " + CONTEXT.get());
            if (tries.getAndIncrement() == 0) {
              throw new IOException("once");
            }
          });
      assertThat(diary)
          .containsExactly("outer", "inner", "task x", "outer", "inner", "task x", "end");
    });
  }

  private Outcome<Integer, Integer> only(Around around, boolean fails) {
    return outcomes(
            free(1)
                .around(around)
                .map(
                    numbers(1),
                    item -> {
                      if (fails) {
                        throw new IOException("of the task");
                      }
                      return 7;
                    }))
        .getFirst();
  }

  @Test
  void aFailureOfTheWrapperIsTheItemsFailure() throws Exception {
    run(() -> {
      Outcome<Integer, Integer> before =
          only(
              task -> {
                throw new IOException("before");
              },
              false);
      Outcome<Integer, Integer> after =
          only(
              task -> {
                task.call();
                throw new IOException("after");
              },
              false);
      Outcome<Integer, Integer> forgotten = only(task -> {}, false);
      Outcome<Integer, Integer> swallowed =
          only(
              task -> {
                try {
                  task.call();
                } catch (IOException e) {
                  // swallowed
                }
              },
              true);
      assertThat(((Outcome.Failure<?, ?>) before).exception()).hasRootCauseMessage("before");
      assertThat(((Outcome.Failure<?, ?>) after).exception()).hasRootCauseMessage("after");
      assertThat(((Outcome.Failure<?, ?>) forgotten).exception())
          .hasRootCauseMessage("around(...) did not call the task");
      assertThat(((Outcome.Failure<?, ?>) swallowed).exception())
          .hasRootCauseMessage("of the task");
      assertThat(only(task -> task.call(), false).value()).isEqualTo(7);
    });
  }

  @Test
  void noItemSeesTheThreadLocalsOfAnotherOrOfTheCaller() throws Exception {
    run(() -> {
      INHERITED.set("of the caller");
      var seen = ConcurrentHashMap.<String>newKeySet();
      for (Headway run : List.of(free(3), Headway.with(throttle("100/s")).concurrency(3))) {
        run.forEach(
            numbers(500),
            item -> {
              seen.add(CONTEXT.get() + " " + INHERITED.get());
              CONTEXT.set("of item " + item);
              INHERITED.set("of item " + item);
            });
      }
      assertThat(seen).containsExactly("null null");
      INHERITED.remove();
    });
  }

  @Test
  void retriesOfAnItemStayInItsThread() throws Exception {
    run(() -> {
      List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
      outcomes(
          Headway.with(throttle("1/s"))
              .retry(Retry.upTo(3))
              .map(
                  numbers(1),
                  item -> {
                    threads.add(Thread.currentThread());
                    throw new IOException("no");
                  }));
      assertThat(threads).hasSize(4).containsOnly(threads.getFirst());
    });
  }

  @Test
  void aResultCanBeAReasonToRetryAndTheLastOneIsASuccess() throws Exception {
    run(() -> {
      AtomicInteger calls = new AtomicInteger();
      Retry retry = Retry.upTo(3).onResult(Integer.class, status -> status == 202);
      Outcome<Integer, Integer> accepted =
          outcomes(
                  free(1)
                      .retry(retry)
                      .map(numbers(1), item -> calls.incrementAndGet() < 3 ? 202 : 200))
              .getFirst();
      assertThat(accepted.value()).isEqualTo(200);
      assertThat(accepted.attempts()).isEqualTo(3);
      Outcome<Integer, Integer> never =
          outcomes(free(1).retry(retry).map(numbers(1), item -> 202)).getFirst();
      assertThat(never).isInstanceOf(Outcome.Success.class);
      assertThat(never.value()).isEqualTo(202);
      assertThat(never.attempts()).isEqualTo(4);
      Outcome<Integer, String> other =
          outcomes(free(1).retry(retry).map(numbers(1), item -> "202")).getFirst();
      assertThat(other.attempts()).isEqualTo(1);
    });
  }

  @Test
  void anArrayIsAnInputAndAnIteratorOfOneRun() throws Exception {
    run(() -> {
      assertThat(all(free(2).ordered().map(Inputs.of("a", "b"), item -> item + 1)))
          .containsExactly("a1", "b1");
      Iterable<Integer> once = Inputs.of(numbers(3).iterator());
      assertThat(all(free(2).map(once, item -> item))).hasSize(3);
      org.assertj.core.api.Assertions.assertThatThrownBy(() -> free(2).map(once, item -> item))
          .isInstanceOf(dev.headway.InputException.class);
    });
  }
}
