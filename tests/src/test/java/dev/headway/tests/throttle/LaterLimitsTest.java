package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.limit.Cost;
import dev.headway.limit.Counted;
import dev.headway.throttle.KeyedThrottle;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Limits that are added while permits are open, many of which may never be closed. */
class LaterLimitsTest {

  private static Duration seconds(double seconds) {
    return Duration.ofNanos((long) (seconds * 1e9));
  }

  private static int grantedAtOnce(Throttle throttle) {
    int granted = 0;
    while (granted < 1_000 && throttle.tryAcquire().isPresent()) {
      granted++;
    }
    return granted;
  }

  @Test
  void aRateThatIsAddedCountsAnOpenPermitsStartAndNeverWaitsForItsEnd() throws Exception {
    Scene.play(scene -> {
      Throttle throttle =
          Throttle.builder().tokenBucket("1000/s", 1_000).timeSource(scene.time).build();
      for (int i = 0; i < 30; i++) {
        throttle.acquire();
        scene.time.sleep(seconds(0.1));
      }
      throttle.update(limits -> limits.rate("10/s"));
      assertThat(grantedAtOnce(throttle)).as("9 have started within this second").isEqualTo(1);
      scene.time.sleep(seconds(0.1));
      assertThat(grantedAtOnce(throttle)).isEqualTo(1);
      scene.time.sleep(seconds(1));
      assertThat(grantedAtOnce(throttle)).isEqualTo(10);
    });
  }

  @Test
  void aBucketOrASpacingThatIsAddedIsNotBlockedByPermitsThatWereLeftOpen() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = Throttle.builder().rate("1000/s").timeSource(scene.time).build();
      for (int i = 0; i < 20; i++) {
        throttle.acquire(1_000);
        scene.time.sleep(seconds(1));
      }
      throttle.update(limits -> limits.tokenBucket("10/s", 20).spacing("100/s"));
      scene.time.sleep(seconds(2));
      long before = scene.now();
      throttle.acquire();
      assertThat(scene.now()).isEqualTo(before);
    });
  }

  @Test
  void aConcurrencyThatIsAddedCountsOpenPermitsOfTheLongestRatesPeriod() throws Exception {
    Scene.play(scene -> {
      Throttle throttle =
          Throttle.builder().rate("50/s").rate("500/10s").timeSource(scene.time).build();
      for (int i = 0; i < 40; i++) {
        throttle.acquire();
        scene.time.sleep(seconds(1));
      }
      Permit closed = throttle.acquire();
      closed.close();
      throttle.update(limits -> limits.concurrency(12));
      assertThat(grantedAtOnce(throttle)).as("9 or 10 are open and recent").isBetween(2, 3);
    });
  }

  @Test
  void whereThereIsNoRateAConcurrencyThatIsAddedCountsOpenPermitsOfTheLastMinute()
      throws Exception {
    Scene.play(scene -> {
      Throttle throttle = Throttle.builder().limit(new LeftOpen()).timeSource(scene.time).build();
      List<Permit> old = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        old.add(throttle.acquire());
      }
      scene.time.sleep(seconds(61));
      Permit recent = throttle.acquire(2);
      scene.time.sleep(seconds(59));
      throttle.update(limits -> limits.concurrency(3));
      assertThat(throttle.snapshot().available()).isEqualTo(1);
      old.forEach(Permit::close);
      assertThat(throttle.snapshot().available()).as("the old ones count nowhere").isEqualTo(1);
      recent.close();
      assertThat(throttle.snapshot().available()).isEqualTo(3);
    });
  }

  /** A rule that never keeps anybody. */
  private static final class LeftOpen implements dev.headway.limit.Limit {
    @Override
    public long readyAt(long now, long amount) {
      return now;
    }

    @Override
    public void start(long now, long amount) {
      // It lets all start.
    }

    @Override
    public void end(long startedAt, long now, long amount) {
      // It waits for no end.
    }

    @Override
    public long available(long now) {
      return Long.MAX_VALUE;
    }
  }

  @Test
  void fromTheEndCountsOpenPermitsAndGivesThemBackWhenTheyEnd() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = Throttle.builder().spacing("10/s").timeSource(scene.time).build();
      Permit first = throttle.acquire();
      Permit second = throttle.acquire();
      throttle.update(limits -> limits.rate("3/m", Counted.FROM_END));
      assertThat(throttle.snapshot().available()).isZero();
      scene.time.sleep(seconds(0.1));
      assertThat(throttle.snapshot().available()).isEqualTo(1);
      first.close();
      second.close();
      assertThat(throttle.snapshot().available()).isEqualTo(1);
      scene.time.sleep(seconds(60));
      assertThat(grantedAtOnce(throttle)).isEqualTo(1);
      scene.time.sleep(seconds(0.1));
      assertThat(grantedAtOnce(throttle)).isEqualTo(1);
    });
  }

  @Test
  void aBudgetThatIsAddedCountsWhatOpenPermitsTakeOfIt() throws Exception {
    Scene.play(scene -> {
      Throttle throttle =
          Throttle.builder()
              .rate("100/m")
              .budget("tokens", "1000/m")
              .budget("words", "1000/m")
              .timeSource(scene.time)
              .build();
      Permit settled = throttle.acquire(Cost.of("tokens", 100));
      settled.settle("tokens", 300);
      throttle.update(limits -> limits.limit("tokens", new dev.headway.limit.Concurrency(400)));
      assertThat(throttle.tryAcquire(Cost.of("tokens", 101))).isEmpty();
      assertThat(throttle.tryAcquire(Cost.of("tokens", 100))).isPresent();
      settled.close();
      assertThat(throttle.tryAcquire(Cost.of("tokens", 300))).isPresent();

      Permit later = throttle.acquire();
      throttle.acquire();
      later.settle("words", 5);
      throttle.update(limits -> limits.budget("words", "7/m"));
      assertThat(throttle.tryAcquire(Cost.of("words", 3))).isEmpty();
      assertThat(throttle.tryAcquire(Cost.of("words", 2))).isPresent();
    });
  }

  @Test
  void aLimitAddedForAllCountsThePermitsOfKeys() throws Exception {
    Scene.play(scene -> {
      Throttle all = Throttle.builder().rate("100/m").timeSource(scene.time).build();
      KeyedThrottle<Integer> keys = all.keyed((key, limits) -> limits.rate("10/s"));
      List<Permit> open = new ArrayList<>();
      for (int key = 0; key < 4; key++) {
        open.add(keys.get(key).acquire());
      }
      all.update(limits -> limits.concurrency(5));
      assertThat(grantedAtOnce(keys.get(9))).isEqualTo(1);
      open.forEach(Permit::close);
      assertThat(grantedAtOnce(keys.get(8))).isEqualTo(4);
    });
  }

  @Test
  void aPermitThatIsGrantedBeforeItsCallerWakesIsCountedOnce() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = Throttle.builder().rate("1/s").timeSource(scene.time).build();
      throttle.acquire().close();
      CompletableFuture<Permit> next = throttle.acquireAsync();
      scene.sleep(seconds(1).toNanos());
      throttle.update(limits -> limits.concurrency(2));
      scene.sleep(seconds(5).toNanos());
      assertThat(throttle.snapshot().available()).isEqualTo(1);
      next.join().close();
      throttle.update(limits -> limits.rate("100/s"));
      assertThat(throttle.snapshot().available()).isEqualTo(2);
    });
  }
}
