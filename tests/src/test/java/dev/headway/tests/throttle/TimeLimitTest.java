package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.headway.limit.Cost;
import dev.headway.throttle.AcquireTimeoutException;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import dev.headway.time.Durations;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A call with a time-out: waiting and working together. */
class TimeLimitTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void workInTimeReturnsItsResultAndIsNotInterrupted() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("3/s");
      throttle.acquire(3);
      Cost cost = Cost.permits(3);
      String result =
          throttle.call(
              cost,
              () -> {
                scene.time.sleep(SECOND);
                return "done";
              },
              SECOND.multipliedBy(3));
      assertThat(result).isEqualTo("done");
      assertThat(scene.time.elapsed()).isEqualTo(SECOND.multipliedBy(2));
      scene.time.sleep(SECOND.multipliedBy(5));
    });
  }

  @Test
  void aWaitThatTakesAllTheTimeEndsAndConsumesNothing() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().name("api").concurrency(1).build();
      AtomicInteger worked = new AtomicInteger();
      try (Permit held = throttle.acquire()) {
        assertThatExceptionOfType(AcquireTimeoutException.class)
            .isThrownBy(() -> throttle.call(worked::incrementAndGet, SECOND))
            .withMessageContaining("\"api\"")
            .withMessageContaining("1 s");
        assertThat(scene.time.elapsed()).isEqualTo(SECOND);
      }
      assertThat(worked).hasValue(0);
      assertThat(throttle.snapshot().waiting()).isZero();
      assertThat(throttle.tryAcquire()).isPresent();
    });
  }

  @Test
  void theTimeCoversWaitingAndWorking() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().name("api").rate("1/s").concurrency(1).build();
      throttle.call(() -> "first");
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(() ->
              throttle.call(
                  () -> {
                    scene.time.sleep(Duration.ofHours(1));
                    return "never";
                  },
                  SECOND.multipliedBy(3)))
          .withMessageContaining("\"api\"")
          .withMessageContaining("3 s")
          .withCauseInstanceOf(InterruptedException.class);
      assertThat(scene.time.elapsed()).isEqualTo(SECOND.multipliedBy(3));
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
      assertThat(throttle.snapshot().running()).isZero();
    });
  }

  @Test
  void workThatHeedsNoInterruptIsLateNonethelessAndLeavesNoneBehind() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("9/s");
      for (boolean fails : new boolean[] {false, true}) {
        assertThatExceptionOfType(TimeoutException.class)
            .isThrownBy(() ->
                throttle.call(
                    () -> {
                      workHeedlessly(scene, SECOND.multipliedBy(5));
                      if (fails) {
                        throw new IOException("late");
                      }
                      return "late";
                    },
                    SECOND));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
      }
      assertThat(scene.time.elapsed()).isEqualTo(SECOND.multipliedBy(10));
    });
  }

  /** Sleeps through interrupts, and has them pending afterwards, as careful code does. */
  private static void workHeedlessly(Scene scene, Duration duration) {
    long end = scene.now() + duration.toNanos();
    boolean interrupted = false;
    while (scene.now() < end) {
      interrupted |= Thread.interrupted();
      scene.time.park(scene, end);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whatTheWorkThrowsInTimeComesThrough() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("9/s");
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() ->
              throttle.call(
                  () -> {
                    throw new IOException("mine");
                  },
                  SECOND))
          .withMessage("mine");
      scene.time.sleep(SECOND.multipliedBy(5));
    });
  }

  @Test
  void anErrorComesThroughEvenLateAndLeavesNoInterruptBehind() throws Exception {
    Scene.play(scene -> {
      assertThatExceptionOfType(AssertionError.class)
          .isThrownBy(() ->
              scene
                  .throttle("9/s")
                  .call(
                      () -> {
                        workHeedlessly(scene, SECOND.multipliedBy(5));
                        throw new AssertionError("mine");
                      },
                      SECOND));
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
    });
  }

  @Test
  void anotherInterruptIsNotSwallowed() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("9/s");
      AtomicBoolean thrown = new AtomicBoolean();
      Thread waking =
          scene.go(() -> {
            assertThatExceptionOfType(InterruptedException.class)
                .isThrownBy(() ->
                    throttle.call(
                        () -> {
                          scene.time.sleep(Duration.ofHours(1));
                          return "never";
                        },
                        SECOND));
            thrown.set(true);
          });
      scene.time.interrupt(waking);
      scene.settle();
      assertThat(thrown).isTrue();
    });
  }

  @Test
  void anInterruptThatWasPendingWhenTheTimeWasUpStaysPending() {
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(() ->
            Throttle.unlimited()
                .call(
                    () -> {
                      Thread.currentThread().interrupt();
                      spinUntil(System.nanoTime() + 50_000_000);
                      return "late";
                    },
                    Duration.ofMillis(5)));
    assertThat(Thread.interrupted()).isTrue();
  }

  private static void spinUntil(long nanoTime) {
    while (System.nanoTime() < nanoTime) {
      Thread.onSpinWait();
    }
  }

  @Test
  void anInterruptThatFollowsTheOneOfTheTimeOutStaysPending() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("9/s");
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(() ->
              throttle.call(
                  () -> {
                    try {
                      scene.time.sleep(Duration.ofHours(1));
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt(); // another's, while this one is heeded
                      throw e;
                    }
                    return "never";
                  },
                  SECOND));
      assertThat(Thread.interrupted()).isTrue();
    });
  }

  @Test
  void anEndlessTimeIsNone() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("1/s");
      Duration endless = Duration.ofSeconds(Long.MAX_VALUE);
      assertThat(throttle.<String, RuntimeException>call(() -> "done", endless)).isEqualTo("done");
    });
  }

  @Test
  void aTimeThatIsNoneIsRefused() {
    for (Duration none : new Duration[] {Duration.ZERO, SECOND.negated()}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Throttle.unlimited().call(() -> "never", none))
          .withMessageContaining(Durations.print(none));
    }
  }

  @Test
  void noInterruptComesAfterTheCallHoweverCloseTheRace() throws Exception {
    Throttle throttle = Throttle.unlimited();
    int late = 0;
    for (int i = 0; i < 2_000; i++) {
      long end = System.nanoTime() + 50_000 + i % 100 * 1_000L;
      try {
        throttle.call(
            () -> {
              spinUntil(end);
              return "done";
            },
            Duration.ofNanos(100_000));
      } catch (TimeoutException e) {
        late++;
      }
      Thread.onSpinWait();
      assertThat(Thread.interrupted()).isFalse();
    }
    assertThat(late).isPositive();
  }
}
