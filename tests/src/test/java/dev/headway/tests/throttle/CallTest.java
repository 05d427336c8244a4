package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.headway.limit.Cost;
import dev.headway.throttle.AcquireTimeoutException;
import dev.headway.throttle.Permit;
import dev.headway.throttle.QueueFullException;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottledException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Calls without a result, asynchronous calls, and waits that no interrupt ends. */
class CallTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void aRunIsACallWithoutAResult() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("10/s");
      List<Long> taken = new ArrayList<>();
      throttle.run(() -> taken.add(Permit.current().cost().permits()));
      throttle.run(Cost.permits(4), () -> taken.add(Permit.current().cost().permits()));
      throttle.run(() -> taken.add(Permit.current().cost().permits()), SECOND);
      throttle.run(Cost.permits(3), () -> taken.add(Permit.current().cost().permits()), SECOND);
      assertThat(taken).containsExactly(1L, 4L, 1L, 3L);
      assertThat(throttle.snapshot().available()).isEqualTo(1);
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() ->
              throttle.run(() -> {
                throw new IOException("mine");
              }));
      assertThatExceptionOfType(AcquireTimeoutException.class)
          .isThrownBy(() -> throttle.run(() -> taken.add(0L), Duration.ofMillis(1)));
      scene.sleep(SECOND);
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(() -> throttle.run(() -> scene.time.sleep(SECOND.multipliedBy(2)), SECOND));
      assertThat(throttle.snapshot().running()).isZero();
    });
  }

  @Test
  void aPermitRunsWorkAndIsClosed() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().concurrency(1).build();
      Permit permit = throttle.acquire();
      permit.run(() -> assertThat(Permit.current()).isSameAs(permit));
      assertThat(throttle.snapshot().running()).isZero();
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() ->
              throttle
                  .acquire()
                  .run(() -> {
                    throw new IOException("mine");
                  }));
      assertThat(throttle.snapshot().running()).isZero();
    });
  }

  @Test
  void anAsynchronousCallHoldsItsPermitUntilItsStageEnds() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().concurrency(2).build();
      CompletableFuture<String> first = new CompletableFuture<>();
      CompletableFuture<String> second = new CompletableFuture<>();
      List<Permit> seen = new ArrayList<>();
      CompletableFuture<String> one =
          throttle.callAsync(
              Cost.permits(2),
              () -> {
                seen.add(Permit.current());
                return first.thenApply(s -> s + "!");
              });
      CompletableFuture<String> two =
          throttle.callAsync(() -> {
            seen.add(Permit.current());
            return second;
          });
      scene.settle();
      assertThat(seen).hasSize(1);
      assertThat(seen.getFirst().cost()).isEqualTo(Cost.permits(2));
      assertThat(one).isNotDone();
      first.complete("done");
      assertThat(one).isCompletedWithValue("done!");
      scene.settle();
      assertThat(seen).hasSize(2).doesNotHaveDuplicates();
      assertThat(throttle.snapshot().running()).isEqualTo(1);
      IOException failure = new IOException("mine");
      second.completeExceptionally(failure);
      assertThat(two).isCompletedExceptionally();
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(two::get)
          .satisfies(e -> assertThat(e.getCause()).isSameAs(failure));
      assertThat(throttle.snapshot().running()).isZero();
    });
  }

  @Test
  void thePermitOfAnAsynchronousCallIsClosedBeforeItsResultIsSeen() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().concurrency(1).build();
      CompletableFuture<String> stage = new CompletableFuture<>();
      CompletableFuture<Boolean> free =
          throttle.callAsync(() -> stage).thenApply(s -> throttle.tryAcquire().isPresent());
      stage.complete("done");
      assertThat(free).isCompletedWithValue(true);
    });
  }

  @Test
  void anAsynchronousCallThatCannotBeginOrThrowsFailsItsFuture() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().concurrency(1).maxWaiting(0).build();
      CompletableFuture<Object> thrown =
          throttle.callAsync(() -> {
            throw new IOException("mine");
          });
      assertThat(thrown.exceptionNow()).isInstanceOf(IOException.class);
      CompletableFuture<Object> nothing = throttle.callAsync(() -> null);
      assertThat(nothing.exceptionNow()).hasMessageContaining("no CompletionStage");
      assertThat(throttle.snapshot().running()).isZero();
      throttle.acquire();
      CompletableFuture<String> refused =
          throttle.callAsync(() -> CompletableFuture.completedFuture("never"));
      assertThat(refused.exceptionNow()).isInstanceOf(QueueFullException.class);
      assertThatIllegalArgumentException()
          .isThrownBy(() ->
              throttle.callAsync(
                  Cost.permits(2), () -> CompletableFuture.completedFuture("never")));
    });
  }

  @Test
  void anAsynchronousCallThatIsToldToSlowDownPausesTheThrottle() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("9/s");
      CompletableFuture<String> stage = new CompletableFuture<>();
      CompletableFuture<String> result =
          throttle.callAsync(() -> stage.thenApply(CallTest::tooMany));
      stage.complete("429");
      assertThat(result.exceptionNow()).isInstanceOf(ThrottledException.class);
      assertThat(throttle.snapshot().untilNextStart()).hasValue(SECOND.multipliedBy(30));
    });
  }

  private static String tooMany(String status) {
    throw new ThrottledException(SECOND.multipliedBy(30)).insteadRun(() -> status);
  }

  @Test
  void cancellingAnAsynchronousCallGivesUpItsPlaceOrCancelsItsStage() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().concurrency(1).build();
      CompletableFuture<String> stage = new CompletableFuture<>();
      List<String> begun = new ArrayList<>();
      CompletableFuture<String> running =
          throttle.callAsync(() -> {
            begun.add("running");
            return stage;
          });
      CompletableFuture<String> waiting =
          throttle.callAsync(() -> {
            begun.add("waiting");
            return stage;
          });
      assertThat(waiting.cancel(true)).isTrue();
      scene.settle();
      assertThat(throttle.snapshot().waiting()).isZero();
      assertThat(running.cancel(true)).isTrue();
      assertThat(stage).isCancelled();
      scene.settle();
      assertThat(begun).containsExactly("running");
      assertThat(throttle.snapshot().running()).isZero();
      assertThatExceptionOfType(CancellationException.class).isThrownBy(running::join);
    });
  }

  @Test
  void anUninterruptibleWaitOutlastsInterruptsKeepsItsPlaceAndIsInterruptedAfterwards()
      throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("1/s");
      throttle.acquire();
      List<String> order = new ArrayList<>();
      Thread first =
          scene.go(() -> {
            throttle.acquireUninterruptibly().close();
            order.add("first");
            assertThat(Thread.interrupted()).isTrue();
            assertThat(scene.time.elapsed()).isEqualTo(SECOND);
          });
      scene.sleep(Duration.ofMillis(100));
      scene.go(() -> {
        throttle.acquire(1).close();
        order.add("second");
        assertThat(scene.time.elapsed()).isEqualTo(SECOND.multipliedBy(2));
      });
      for (int i = 0; i < 3; i++) {
        scene.sleep(Duration.ofMillis(100));
        scene.time.interrupt(first);
        scene.settle();
      }
      scene.sleep(SECOND.multipliedBy(2));
      assertThat(order).containsExactly("first", "second");
      assertThat(throttle.snapshot().granted()).isEqualTo(3);
    });
  }

  @Test
  void anUninterruptibleAcquireOfAnInterruptedThreadStartsAtOnceWithinACost() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("10/s");
      Thread.currentThread().interrupt();
      throttle.acquireUninterruptibly(Cost.permits(4)).close();
      assertThat(Thread.interrupted()).isTrue();
      assertThat(throttle.snapshot().available()).isEqualTo(6);
    });
  }

  @Test
  void noPermitIsLostHoweverACancellationRacesWithTheGrant() throws Exception {
    Throttle throttle = Throttle.builder().concurrency(3).build();
    List<CompletableFuture<Integer>> calls = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      int number = i;
      calls.add(throttle.callAsync(() -> CompletableFuture.supplyAsync(() -> number)));
      if (i % 3 == 0) {
        CompletableFuture<Integer> other = calls.get(i / 2);
        Thread.ofVirtual().start(() -> other.cancel(true));
      }
    }
    for (int i = 0; i < calls.size(); i++) {
      try {
        assertThat(calls.get(i).get(10, TimeUnit.SECONDS)).isEqualTo(i);
      } catch (CancellationException e) {
        assertThat(calls.get(i)).isCancelled();
      }
    }
    try (Permit all = throttle.tryAcquire(3, Duration.ofSeconds(10)).orElseThrow()) {
      assertThat(all.cost()).isEqualTo(Cost.permits(3));
    }
    assertThat(throttle.snapshot().running()).isZero();
    assertThat(throttle.snapshot().waiting()).isZero();
  }
}
