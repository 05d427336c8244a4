package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** A caller that gives up has consumed nothing, and the next moves up at once. */
class NoTraceTest extends OnEveryStore {

  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void aPermitTakenAheadOfCallersThatWaitLeavesNoWakeUpBehind() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().concurrency(2).build();
      throttle.acquire();
      CompletableFuture<Permit> heavy = throttle.acquireAsync(2);
      scene.sleep(0);
      assertThat(throttle.withPriority(Duration.ofDays(1)).tryAcquire()).isPresent();
      long before = scene.now();
      scene.time.park(this, before + 1_000_000_000);
      assertThat(scene.now() - before).isEqualTo(1_000_000_000);
      heavy.cancel(true);
    });
  }

  @Test
  void whoIsInterruptedLeavesNoTraceAndTheNextMovesUp() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().concurrency(5).build();
      Permit first = throttle.acquire(3);
      Thread heavy =
          scene.go(() ->
              assertThatExceptionOfType(InterruptedException.class)
                  .isThrownBy(() -> throttle.acquire(4)));
      CompletableFuture<Permit> light = throttle.acquireAsync(2);
      scene.sleep(SECOND);
      assertThat(light).isNotDone();
      heavy.interrupt();
      scene.sleep(0);
      assertThat(light).isDone();
      assertThat(scene.now()).isEqualTo(SECOND.toNanos());
      assertThat(throttle.snapshot().abandoned()).isEqualTo(1);
      first.close();
      light.join().close();
      assertThat(throttle.tryAcquire(5)).isPresent();
    });
  }

  @Test
  void aThreadThatIsAlreadyInterruptedTakesNothing() throws Exception {
    Throttle throttle = Throttle.of("1/h");
    Thread.currentThread().interrupt();
    assertThatExceptionOfType(InterruptedException.class).isThrownBy(throttle::acquire);
    assertThat(throttle.tryAcquire()).isPresent();
  }

  @Test
  void whoseTimeIsUpLeavesNoTraceAndTheNextMovesUp() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().concurrency(5).build();
      throttle.acquire(3);
      scene.go(() -> assertThat(throttle.tryAcquire(4, SECOND)).isEmpty());
      CompletableFuture<Permit> light = throttle.acquireAsync(2);
      scene.sleep(SECOND.minusNanos(1));
      assertThat(light).isNotDone();
      scene.sleep(1);
      assertThat(light).isDone();
    });
  }

  @Test
  void aPermitThatComesAtTheDeadlineIsTaken() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("1/s");
      throttle.acquire();
      assertThat(throttle.tryAcquire(SECOND)).isPresent();
      assertThat(throttle.tryAcquire(SECOND.minusNanos(1))).isEmpty();
      assertThat(throttle.tryAcquire(Duration.ZERO)).isEmpty();
      assertThat(throttle.tryAcquire(SECOND.negated())).isEmpty();
      assertThat(scene.now()).isEqualTo(2 * SECOND.toNanos() - 1);
      assertThat(throttle.tryAcquire(Duration.ofSeconds(Long.MAX_VALUE))).isPresent();
      assertThat(scene.now()).isEqualTo(2 * SECOND.toNanos());
    });
  }

  private static void leavesNoTrace(Consumer<CompletableFuture<Permit>> end) throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().concurrency(5).rate("100/h").build();
      Permit first = throttle.acquire(3);
      CompletableFuture<Permit> heavy = throttle.acquireAsync(4);
      CompletableFuture<Permit> light = throttle.acquireAsync(2);
      scene.sleep(SECOND);
      end.accept(heavy);
      assertThat(heavy).isDone();
      scene.sleep(0);
      assertThat(light).isCompletedWithValueMatching(p -> p.waited().equals(SECOND));
      assertThat(throttle.snapshot().abandoned()).isEqualTo(1);
      light.join().close();
      first.close();
      assertThat(throttle.snapshot().available()).isEqualTo(5);
      assertThat(throttle.snapshot().granted()).isEqualTo(2);
    });
  }

  @Test
  void aCancelledFutureLeavesNoTrace() throws Exception {
    leavesNoTrace(future -> assertThat(future.cancel(true)).isTrue());
  }

  @Test
  void aFutureCompletedByAnotherLeavesNoTrace() throws Exception {
    Permit other = Throttle.unlimited().acquire();
    leavesNoTrace(future -> assertThat(future.complete(other)).isTrue());
    leavesNoTrace(future -> future.completeAsync(() -> other, Runnable::run));
  }

  @Test
  void aFutureThatIsFailedByAnotherLeavesNoTrace() throws Exception {
    leavesNoTrace(future ->
        assertThat(future.completeExceptionally(new IllegalStateException("mine"))).isTrue());
  }

  @Test
  void aTimeOutPutOnTheFutureLeavesNoTrace() throws Exception {
    leavesNoTrace(future ->
        assertThatExceptionOfType(Exception.class)
            .isThrownBy(() -> future.orTimeout(1, TimeUnit.MILLISECONDS).join()));
  }

  @Test
  void whatComesAfterTheGrantHasNoEffect() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("1/s");
      throttle.acquire();
      CompletableFuture<Permit> granted = throttle.acquireAsync();
      scene.sleep(SECOND);
      assertThat(granted.cancel(true)).isFalse();
      assertThat(granted.complete(granted.join())).isFalse();
      assertThat(granted.completeExceptionally(new IllegalStateException())).isFalse();
      assertThat(granted).isCompleted();
      assertThat(throttle.snapshot().running()).isEqualTo(2);
    });
  }

  /** Cancels at the instant of the grant, on real threads: the permit is had or it is not. */
  @RepeatedTest(20)
  void cancellingInTheMomentOfTheGrantLosesNoPermit() throws Exception {
    Throttle throttle = Throttle.builder().concurrency(1).build();
    for (int i = 0; i < 100; i++) {
      Permit held = throttle.acquire();
      CompletableFuture<Permit> next = throttle.acquireAsync();
      Thread closer = Thread.ofVirtual().start(held::close);
      if (!next.cancel(false)) {
        next.get(10, TimeUnit.SECONDS).close();
      }
      closer.join();
      assertThat(throttle.snapshot().running()).isZero();
      assertThat(throttle.snapshot().waiting()).isZero();
    }
  }

  /** With a deadline, which is set while the permit may already be granted. */
  @RepeatedTest(20)
  void aFutureWithADeadlineThatIsGrantedAtOnceKeepsItsPermit() throws Exception {
    Throttle throttle = Throttle.builder().concurrency(1).maxWait(Duration.ofHours(1)).build();
    for (int i = 0; i < 100; i++) {
      Permit held = throttle.acquire();
      Thread closer = Thread.ofPlatform().start(held::close);
      Permit next = throttle.acquireAsync().get(10, TimeUnit.SECONDS);
      closer.join();
      assertThat(throttle.snapshot().running()).isEqualTo(1);
      next.release();
    }
  }

  @Test
  void aPermitIsEndedOnce() throws Exception {
    Throttle throttle = Throttle.builder().concurrency(2).build();
    Permit permit = throttle.acquire();
    throttle.acquire();
    permit.release();
    permit.close();
    permit.close();
    assertThatIllegalStateException()
        .isThrownBy(permit::release)
        .withMessageContaining("released before");
    assertThat(throttle.snapshot().running()).isEqualTo(1);
    assertThat(throttle.snapshot().available()).isEqualTo(1);
  }

  @Test
  void aRaceOfInterruptsAndGrantsLosesNothing() throws Exception {
    Throttle throttle = Throttle.builder().concurrency(1).build();
    AtomicLong granted = new AtomicLong();
    for (int i = 0; i < 1_000; i++) {
      Permit held = throttle.acquire();
      Thread waiter =
          Thread.ofVirtual()
              .start(() -> {
                try (Permit permit = throttle.acquire()) {
                  granted.incrementAndGet();
                } catch (InterruptedException e) {
                  // It has given up.
                }
              });
      while (throttle.snapshot().waiting() == 0) {
        Thread.onSpinWait();
      }
      Thread.ofVirtual().start(waiter::interrupt);
      held.close();
      waiter.join();
    }
    assertThat(throttle.snapshot().granted()).isEqualTo(1_000 + granted.get());
    assertThat(throttle.snapshot().abandoned()).isEqualTo(1_000 - granted.get());
    assertThat(throttle.snapshot().running()).isZero();
  }
}
