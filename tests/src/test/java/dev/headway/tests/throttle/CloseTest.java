package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.headway.limit.Cost;
import dev.headway.throttle.KeyedThrottle;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleClosedException;
import dev.headway.throttle.ThrottleExceededException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What happens to callers when a throttle is closed or a pause is ended. */
class CloseTest {

  @Test
  void callersThatWaitAndThoseThatComeLaterAreRejectedOnceAThrottleIsClosed() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().name("api").concurrency(1).build();
      Permit open = throttle.acquire();
      AtomicReference<Exception> blocked = new AtomicReference<>();
      scene.go(() -> {
        try {
          throttle.acquire();
        } catch (ThrottleClosedException e) {
          blocked.set(e);
        }
      });
      CompletableFuture<Permit> future = throttle.acquireAsync();
      scene.sleep(Duration.ofSeconds(1));
      throttle.close();
      scene.sleep(0);
      assertThat(blocked.get()).hasMessageContaining("\"api\"");
      assertThat(future)
          .failsWithin(Duration.ZERO)
          .withThrowableThat()
          .withCauseInstanceOf(ThrottleClosedException.class);
      assertThatExceptionOfType(ThrottleExceededException.class).isThrownBy(throttle::acquire);
      assertThatExceptionOfType(ThrottleClosedException.class).isThrownBy(throttle::tryAcquire);
      assertThatExceptionOfType(ThrottleClosedException.class)
          .isThrownBy(() -> throttle.tryAcquire(Duration.ofSeconds(1)));
      assertThatExceptionOfType(ThrottleClosedException.class)
          .isThrownBy(() -> throttle.tryAcquireUpTo(2));
      assertThat(throttle.acquireAsync()).isCompletedExceptionally();
      assertThat(throttle.snapshot().running()).isEqualTo(1);
      open.settle(Cost.PERMITS, 1);
      open.release();
      assertThat(throttle.snapshot().running()).isZero();
      assertThat(throttle.snapshot().waiting()).isZero();
      throttle.resume();
      throttle.close();
      assertThatExceptionOfType(ThrottleClosedException.class).isThrownBy(throttle::acquire);
    });
  }

  @Test
  void theKeysOfAThrottleAreClosedWithItAndAKeyAlone() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().concurrency(10).build();
      KeyedThrottle<String> keys = throttle.keyed((key, limits) -> limits.rate("1/h"));
      keys.get("a").acquire();
      keys.get("b").acquire();
      CompletableFuture<Permit> first = keys.get("a").acquireAsync();
      CompletableFuture<Permit> second = keys.get("b").acquireAsync();
      keys.get("a").close();
      scene.sleep(0);
      assertThat(first).isCompletedExceptionally();
      assertThat(second).isNotDone();
      assertThat(throttle.tryAcquire()).isPresent();
      throttle.close();
      scene.sleep(0);
      assertThat(second).isCompletedExceptionally();
      assertThatExceptionOfType(ThrottleClosedException.class)
          .isThrownBy(() -> keys.get("c").acquire());
    });
  }

  @Test
  void anUnlimitedThrottleCanBeClosedToo() {
    Throttle throttle = Throttle.unlimited();
    throttle.close();
    assertThatExceptionOfType(ThrottleClosedException.class).isThrownBy(throttle::acquire);
    assertThatExceptionOfType(ThrottleClosedException.class).isThrownBy(throttle::tryAcquire);
  }

  @Test
  void callersStartWhenAPauseIsEnded() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("2/s");
      throttle.pauseFor(Duration.ofHours(1));
      CompletableFuture<Long> started = throttle.acquireAsync().thenApply(permit -> scene.now());
      scene.sleep(Duration.ofSeconds(10));
      assertThat(throttle.isLocked()).isTrue();
      assertThat(started).isNotDone();
      throttle.resume();
      scene.sleep(0);
      assertThat(started).isCompletedWithValue(10_000_000_000L);
      assertThat(throttle.isLocked()).isFalse();
      assertThat(throttle.tryAcquire()).isPresent();
      assertThat(throttle.tryAcquire()).isEmpty();
    });
  }

  @Test
  void asManyPermitsAsCanStartAreTakenAsOne() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().rate("10/s").concurrency(8).build();
      Permit four = throttle.acquire(4);
      Permit rest = throttle.tryAcquireUpTo(50).orElseThrow();
      assertThat(rest.cost()).isEqualTo(Cost.permits(4));
      assertThat(throttle.tryAcquireUpTo(50)).isEmpty();
      CompletableFuture<Permit> large = throttle.acquireAsync(7);
      four.close();
      assertThat(throttle.tryAcquireUpTo(50)).as("behind a caller that waits").isEmpty();
      large.cancel(true);
      assertThat(throttle.tryAcquireUpTo(1).orElseThrow().cost()).isEqualTo(Cost.one());
      assertThat(throttle.tryAcquireUpTo(50).orElseThrow().cost()).isEqualTo(Cost.one());
      assertThat(Throttle.unlimited().tryAcquireUpTo(50).orElseThrow().cost().permits())
          .isEqualTo(50);
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> throttle.tryAcquireUpTo(0));
    });
  }
}
