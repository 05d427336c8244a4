package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.limit.Counted;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Everybody backs off. */
class PauseTest extends OnEveryStore {

  private static long seconds(long seconds) {
    return Duration.ofSeconds(seconds).toNanos();
  }

  @Test
  void aPauseIsPutOffAndNeverShortened() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().build();
      throttle.pauseFor(Duration.ofSeconds(10));
      throttle.pauseFor(Duration.ofSeconds(5));
      throttle.pauseFor(Duration.ZERO);
      assertThat(throttle.isLocked()).isTrue();
      assertThat(throttle.snapshot().available()).isZero();
      assertThat(throttle.snapshot().untilNextStart()).contains(Duration.ofSeconds(10));
      assertThat(throttle.snapshot().idle()).isFalse();
      assertThat(throttle.tryAcquire()).isEmpty();
      CompletableFuture<Permit> waiting = throttle.acquireAsync();
      scene.sleep(seconds(9));
      throttle.pauseFor(Duration.ofSeconds(3));
      scene.sleep(seconds(3) - 1);
      assertThat(waiting).isNotDone();
      scene.sleep(1);
      assertThat(waiting).isDone();
    });
  }

  @Test
  void withoutALengthItLastsOnePeriodOfTheLongestRate() throws Exception {
    Scene.play(scene -> {
      Throttle throttle =
          scene.throttle().rate("5/s").rate("9/m", Counted.FROM_END).concurrency(9).build();
      throttle.pause();
      throttle.acquire();
      assertThat(scene.now()).isEqualTo(seconds(60));
      Throttle without = scene.throttle().concurrency(9).build();
      without.pause();
      without.acquire();
      assertThat(scene.now()).isEqualTo(seconds(61));
    });
  }

  @Test
  void aVeryLongPauseHoldsInVirtualAndInRealTime() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("5/s");
      throttle.pauseFor(Duration.ofSeconds(Long.MAX_VALUE));
      assertThat(throttle.tryAcquire(Duration.ofDays(36_500))).isEmpty();
      assertThat(throttle.isLocked()).isTrue();
    });
    Throttle real = Throttle.of("5/s");
    real.pauseFor(Duration.ofSeconds(Long.MAX_VALUE));
    CompletableFuture<Permit> waiting = real.acquireAsync();
    assertThat(real.tryAcquire(Duration.ofMillis(50))).isEmpty();
    assertThat(waiting).isNotDone();
    assertThat(real.snapshot().nextStart()).isPresent();
    assertThat(waiting.cancel(true)).isTrue();
  }

  @Test
  void aPauseThatFallsAmongThoseWhoWaitKeepsTheirOrder() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("1/s");
      throttle.acquire();
      CompletableFuture<Permit> a = throttle.acquireAsync();
      CompletableFuture<Permit> b = throttle.acquireAsync();
      throttle.pauseFor(Duration.ofSeconds(30));
      scene.sleep(seconds(30) - 1);
      assertThat(a).isNotDone();
      scene.sleep(1);
      assertThat(a).isDone();
      assertThat(b).isNotDone();
      scene.sleep(seconds(1));
      assertThat(b).isDone();
    });
  }
}
