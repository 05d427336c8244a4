package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.limit.Cost;
import dev.headway.limit.Counted;
import dev.headway.testkit.Windows;
import dev.headway.throttle.AbstractThrottleBuilder;
import dev.headway.throttle.Permit;
import dev.headway.throttle.PriorStart;
import dev.headway.throttle.Throttle;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PastTest {

  /** Work of one permit, by how many milliseconds before now it started and ended. */
  private static PriorStart ago(TimeSource time, long started, long ended) {
    Instant now = time.instant();
    return new PriorStart(
        now.minusMillis(started), Optional.of(now.minusMillis(ended)), Cost.one());
  }

  private static long firstStart(Scene scene, AbstractThrottleBuilder<?> builder) throws Exception {
    long begin = scene.now();
    builder.build().acquire();
    return (scene.now() - begin) / 1_000_000;
  }

  @Test
  void aWindowHoldsAcrossARestart() throws Exception {
    Scene.play(scene -> {
      TimeSource time = scene.time;
      List<PriorStart> past =
          List.of(ago(time, 900, 100), ago(time, 700, 650), ago(time, 300, 200));
      assertThat(firstStart(scene, scene.throttle().rate("3/s").past(past))).isEqualTo(100);
    });
    Scene.play(scene -> {
      TimeSource time = scene.time;
      List<PriorStart> past =
          List.of(ago(time, 900, 100), ago(time, 700, 650), ago(time, 300, 200));
      AbstractThrottleBuilder<?> fromEnd =
          scene.throttle().rate("3/s", Counted.FROM_END).past(past);
      assertThat(firstStart(scene, fromEnd)).isEqualTo(350);
    });
  }

  @Test
  void whatHasNoKnownEndMayHaveBeenUnderWayUntilNow() throws Exception {
    Scene.play(scene -> {
      Instant now = scene.time.instant();
      List<PriorStart> past =
          List.of(new PriorStart(now.minusSeconds(5), Optional.empty(), Cost.one()));
      AbstractThrottleBuilder<?> fromEnd =
          scene.throttle().rate("1/s", Counted.FROM_END).past(past);
      assertThat(firstStart(scene, fromEnd)).isEqualTo(1_000);
      AbstractThrottleBuilder<?> fromStart = scene.throttle().rate("1/s").past(past);
      assertThat(firstStart(scene, fromStart)).isZero();
      AbstractThrottleBuilder<?> atOnce = scene.throttle().concurrency(1).past(past);
      assertThat(firstStart(scene, atOnce)).isZero();
    });
  }

  @Test
  void everyKindOfLimitKnowsItsPast() throws Exception {
    Scene.play(scene -> {
      TimeSource time = scene.time;
      List<PriorStart> past = List.of(ago(time, 50, 40), ago(time, 30, 20));
      assertThat(firstStart(scene, scene.throttle().spacing("10/s").past(past))).isEqualTo(150);
    });
    Scene.play(scene -> {
      TimeSource time = scene.time;
      List<PriorStart> past = List.of(ago(time, 50, 40), ago(time, 30, 20));
      AbstractThrottleBuilder<?> bucket = scene.throttle().tokenBucket("10/s", 2).past(past);
      assertThat(firstStart(scene, bucket)).isEqualTo(50);
    });
    Scene.play(scene -> {
      Instant now = scene.time.instant();
      PriorStart work =
          new PriorStart(now.minusMillis(400), Optional.of(now), Cost.of("tokens", 80));
      Throttle throttle =
          scene.throttle().rate("1/s").budget("tokens", "100/s").past(List.of(work)).build();
      throttle.acquire(Cost.of("tokens", 20));
      assertThat(scene.now()).isEqualTo(600_000_000);
    });
  }

  @Test
  void rulesThatAreGivenLaterKnowItToo() throws Exception {
    Scene.play(scene -> {
      List<PriorStart> past = List.of(ago(scene.time, 300, 300));
      Throttle throttle = scene.throttle().build();
      throttle.update(limits -> limits.rate("1/s").past(past));
      throttle.acquire();
      assertThat(scene.now()).isEqualTo(700_000_000);
    });
  }

  @Test
  void whatSeemsToLieAheadCountsAsOfNow() throws Exception {
    Scene.play(scene -> {
      Instant ahead = scene.time.instant().plusSeconds(3_600);
      List<PriorStart> past = List.of(new PriorStart(ahead, Optional.of(ahead), Cost.one()));
      assertThat(firstStart(scene, scene.throttle().rate("1/s").past(past))).isEqualTo(1_000);
    });
  }

  /** Runs are cut off at random; each knows what those before it have started. */
  @Test
  void noWindowIsExceededHoweverOftenARunIsCutOff() throws Exception {
    Random random = new Random(7);
    Scene.play(scene -> {
      List<PriorStart> past = new ArrayList<>();
      List<Instant> ends = new ArrayList<>();
      for (int run = 0; run < 40; run++) {
        Throttle throttle = scene.throttle().rate("10/s", Counted.FROM_END).past(past).build();
        int starts = random.nextInt(25);
        for (int i = 0; i < starts; i++) {
          Instant started;
          try (Permit permit = throttle.acquire()) {
            started = scene.time.instant();
            scene.sleep(Duration.ofMillis(random.nextInt(60)));
            ends.add(scene.time.instant());
            assertThat(permit.cost()).isEqualTo(Cost.one());
          }
          past.add(new PriorStart(started, Optional.of(scene.time.instant()), Cost.one()));
        }
        scene.sleep(Duration.ofMillis(random.nextInt(300)));
      }
      assertThat(Windows.fullest(ends, Duration.ofSeconds(1))).isEqualTo(10);
    });
  }
}
