package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.headway.limit.Concurrency;
import dev.headway.limit.Cost;
import dev.headway.limit.Counted;
import dev.headway.limit.LimitSnapshot;
import dev.headway.limit.Rate;
import dev.headway.testkit.Windows;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The rules change while callers wait. */
class UpdateTest extends OnEveryStore {

  private static long seconds(long seconds) {
    return Duration.ofSeconds(seconds).toNanos();
  }

  @Test
  void looserRulesLetThoseWhoWaitGoAtOnce() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("2/m");
      List<CompletableFuture<Permit>> all = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        all.add(throttle.acquireAsync());
      }
      scene.sleep(seconds(1));
      throttle.update(limits -> limits.rate("4/m"));
      scene.sleep(0);
      assertThat(all.stream().filter(CompletableFuture::isDone)).hasSize(4);
      scene.sleep(seconds(59));
      assertThat(all).allMatch(CompletableFuture::isDone);
    });
  }

  @Test
  void tighterRulesCountWhatStartedUnderTheOld() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("10/m");
      for (int i = 0; i < 6; i++) {
        throttle.acquire().close();
        scene.sleep(seconds(1));
      }
      throttle.update(limits -> limits.rate("3/m"));
      assertThat(throttle.isLocked()).isTrue();
      throttle.acquire();
      assertThat(scene.now()).isEqualTo(seconds(63));
    });
  }

  @Test
  void noWindowIsExceededByAnyRateThatReplacesOthers() throws Exception {
    String[] texts = {"5/s", "9/10s", "20/m", "4/s", "12/10s", "15/m"};
    for (long seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      List<Long> grants = new ArrayList<>();
      Scene.play(scene -> {
        Throttle throttle = scene.throttle("20/m", "5/s", "12/10s");
        for (int i = 0; i < 100; i++) {
          throttle.acquire().close();
          grants.add(scene.now());
          if (random.nextInt(3) == 0) {
            List<String> some = new ArrayList<>(List.of("20/m"));
            for (int j = random.nextInt(4); j > 0; j--) {
              some.add(random.nextInt(some.size() + 1), texts[random.nextInt(texts.length)]);
            }
            throttle.update(limits -> {
              for (String text : some) {
                limits.rate(text, Counted.FROM_START);
              }
            });
          }
          scene.sleep(random.nextLong(seconds(2)));
        }
      });
      assertThat(
              Windows.fullest(
                  grants.stream().mapToLong(Long::longValue).toArray(), Duration.ofMinutes(1)))
          .as("seed %d", seed)
          .isLessThanOrEqualTo(20);
    }
  }

  @Test
  void countingFromTheOtherEndForgetsNothing() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("4/m");
      throttle.acquire(2).close();
      Permit running = throttle.acquire();
      throttle.update(limits -> limits.rate("4/m", Counted.FROM_END));
      assertThat(throttle.tryAcquire(2)).isEmpty();
      scene.sleep(seconds(100));
      running.close();
      assertThat(throttle.tryAcquire(4)).isEmpty();
      throttle.update(limits -> limits.rate("4/m"));
      assertThat(throttle.tryAcquire(4)).isEmpty();
      assertThat(throttle.tryAcquire(3)).isPresent();
      scene.sleep(seconds(60));
      assertThat(throttle.tryAcquire(4)).isPresent();
    });
  }

  @Test
  void aNamedRateReplacesItsNamesakeAndARateWithoutANameThoseWithout() throws Exception {
    Scene.play(scene -> {
      Throttle throttle =
          scene
              .throttle()
              .rate("100/m")
              .rate("50/10s")
              .rate("burst", "5/s", Counted.FROM_END)
              .rate("day", "9/d")
              .rate("day", "10/d")
              .build();
      assertThat(throttle.snapshot().rules())
          .hasToString("[100/m, 50/10s, burst: 5/s from end, day: 10/d]");
      assertThat(throttle.snapshot().rules().get(2).name()).hasValue("burst");
      assertThat(throttle.tryAcquire(4)).isPresent();
      throttle.update(limits -> limits.rate("burst", "7/s"));
      assertThat(throttle.snapshot().rules().stream().map(LimitSnapshot::toString))
          .containsExactlyInAnyOrder("100/m", "50/10s", "burst: 7/s", "day: 10/d");
      assertThat(throttle.snapshot().available()).isEqualTo(3);
      throttle.update(limits -> limits.rate("90/m"));
      assertThat(throttle.snapshot().rules().stream().map(LimitSnapshot::toString))
          .containsExactlyInAnyOrder("90/m", "burst: 7/s", "day: 10/d");
      throttle.update(limits -> limits.rate("other", "2/h"));
      assertThat(throttle.snapshot().rules()).hasSize(4);
      throttle.update(limits -> limits.rate("burst", "1/s").dropOthers());
      assertThat(throttle.snapshot().rules()).hasToString("[burst: 1/s]");
    });
  }

  @Test
  void aNameOfARateThatIsNoneIsRefused() {
    for (String wrong : new String[] {"", "5/s", "a b", "x=y"}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Throttle.builder().rate(wrong, "100/m"))
          .withMessageContaining("name");
    }
  }

  @Test
  void otherKindsStayUnlessDropped() throws Exception {
    Scene.play(scene -> {
      Throttle throttle =
          scene.throttle().rate("1/s").concurrency(1).budget("tokens", "5/s").build();
      throttle.update(limits -> limits.rate("100/s"));
      Permit permit = throttle.acquire(Cost.of("tokens", 5));
      assertThat(throttle.tryAcquire()).isEmpty();
      permit.close();
      assertThat(throttle.tryAcquire(Cost.of("tokens", 1))).isEmpty();
      assertThat(throttle.snapshot().rules()).hasSize(3);
      throttle.update(limits -> limits.rate("100/s").dropOthers());
      assertThat(throttle.snapshot().rules()).hasSize(1);
      assertThat(throttle.tryAcquire(50)).isPresent();
      throttle.update(limits -> limits.dropOthers());
      assertThat(throttle.snapshot().available()).isEqualTo(Long.MAX_VALUE);
    });
  }

  @Test
  void whatRunsCountsUnderAConcurrencyThatIsAdded() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("100/s");
      Permit a = throttle.acquire();
      Permit b = throttle.acquire(2);
      throttle.update(limits -> limits.concurrency(3));
      assertThat(throttle.tryAcquire()).isEmpty();
      a.close();
      Permit c = throttle.acquire();
      throttle.update(limits -> limits.concurrency(1));
      b.close();
      assertThat(throttle.tryAcquire()).isEmpty();
      c.close();
      assertThat(throttle.tryAcquire()).isPresent();
    });
  }

  @Test
  void whatRunsOfABudgetCountsUnderARuleForItThatIsAdded() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().build();
      Permit running = throttle.acquire(Cost.of("tokens", 5));
      throttle.update(limits -> limits.limit("tokens", new Concurrency(6)));
      assertThat(throttle.tryAcquire(Cost.of("tokens", 2))).isEmpty();
      running.close();
      assertThat(throttle.tryAcquire(Cost.of("tokens", 6))).isPresent();
      assertThat(throttle.tryAcquire(Cost.of("tokens", 1))).isEmpty();
    });
  }

  @Test
  void whoCanNeverStartUnderTheNewRulesIsToldAtOnce() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("10/h");
      throttle.acquire(10);
      CompletableFuture<Permit> heavy = throttle.acquireAsync(6);
      CompletableFuture<Permit> light = throttle.acquireAsync(5);
      throttle.update(limits -> limits.rate("5/h"));
      scene.sleep(0);
      assertThat(heavy)
          .failsWithin(Duration.ZERO)
          .withThrowableThat()
          .withCauseInstanceOf(IllegalArgumentException.class)
          .withMessageContaining("6 permits");
      assertThat(light).isNotDone();
      scene.sleep(Duration.ofHours(1));
      assertThat(light).isDone();
    });
  }

  @Test
  void aBucketAndASpacingRememberToo() throws Exception {
    Scene.play(scene -> {
      Throttle throttle =
          scene.throttle().tokenBucket("1/s", 10).spacing(Duration.ofMillis(10)).build();
      throttle.acquire(8);
      throttle.update(
          limits -> limits.tokenBucket(Rate.parse("2/s"), 10).spacing(Duration.ofSeconds(1)));
      scene.sleep(seconds(7));
      assertThat(throttle.tryAcquire()).isEmpty();
      scene.sleep(seconds(1));
      assertThat(throttle.tryAcquire()).isPresent();
    });
  }
}
