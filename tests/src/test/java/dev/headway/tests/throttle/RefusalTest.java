package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.headway.limit.Cost;
import dev.headway.limit.Counted;
import dev.headway.throttle.AbstractThrottleBuilder;
import dev.headway.throttle.AcquireTimeoutException;
import dev.headway.throttle.Permit;
import dev.headway.throttle.QueueFullException;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleBuilder;
import dev.headway.throttle.WaitTooLongException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Who may not wait, or not for so long, is told so with the right exception. */
@SuppressWarnings("FutureReturnValueIgnored") // who waits is seen by what becomes of it
class RefusalTest extends OnEveryStore {

  @Test
  void tooManyWaiting() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().name("api").rate("1/s").maxWaiting(2).build();
      throttle.acquire();
      CompletableFuture<Permit> first = throttle.acquireAsync();
      throttle.acquireAsync();
      assertThatExceptionOfType(QueueFullException.class)
          .isThrownBy(throttle::acquire)
          .isInstanceOf(RejectedExecutionException.class)
          .withMessageContaining("\"api\"")
          .withMessageContaining("2");
      assertThat(throttle.acquireAsync())
          .failsWithin(Duration.ZERO)
          .withThrowableThat()
          .withCauseInstanceOf(QueueFullException.class);
      assertThatExceptionOfType(QueueFullException.class)
          .isThrownBy(() -> throttle.tryAcquire(Duration.ofHours(1)));
      assertThat(throttle.snapshot().refused()).isEqualTo(3);
      assertThat(throttle.snapshot().waiting()).isEqualTo(2);
      first.cancel(true);
      CompletableFuture<Permit> last = throttle.acquireAsync();
      scene.sleep(Duration.ofSeconds(2));
      assertThat(last).isDone();
    });
  }

  @Test
  void nobodyMayWaitWhereNoneMayButThoseWhoNeedNotAreServed() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().rate("2/s").maxWaiting(0).build();
      throttle.acquire();
      throttle.acquireAsync().join();
      assertThatExceptionOfType(QueueFullException.class).isThrownBy(throttle::acquire);
      scene.sleep(Duration.ofSeconds(1));
      throttle.acquire();
    });
  }

  @Test
  void wouldWaitTooLongAsFarAsTheRulesCanTell() throws Exception {
    Scene.play(scene -> {
      Throttle throttle =
          scene.throttle().name("api").rate("2/s").maxWait(Duration.ofSeconds(2)).build();
      for (int i = 0; i < 6; i++) {
        throttle.acquireAsync();
      }
      assertThatExceptionOfType(WaitTooLongException.class)
          .isThrownBy(throttle::acquire)
          .withMessageContaining("\"api\"")
          .withMessageContaining("3 s")
          .withMessageContaining("2 s");
      assertThat(throttle.acquireAsync())
          .failsWithin(Duration.ZERO)
          .withThrowableThat()
          .withCauseInstanceOf(WaitTooLongException.class);
      scene.sleep(1);
      assertThat(throttle.snapshot().waiting()).isEqualTo(4);
      assertThat(throttle.snapshot().refused()).isEqualTo(2);
    });
  }

  @Test
  void waitedTooLongWhereTheRulesCouldNotTell() throws Exception {
    Scene.play(scene -> {
      Throttle throttle =
          scene.throttle().name("api").concurrency(1).maxWait(Duration.ofSeconds(2)).build();
      throttle.acquire();
      CompletableFuture<Permit> future = throttle.acquireAsync();
      assertThatExceptionOfType(AcquireTimeoutException.class)
          .isThrownBy(throttle::acquire)
          .withMessageContaining("\"api\"")
          .withMessageContaining("2 s");
      scene.sleep(0);
      assertThat(future)
          .failsWithin(Duration.ZERO)
          .withThrowableThat()
          .withCauseInstanceOf(AcquireTimeoutException.class);
      assertThat(scene.now()).isEqualTo(Duration.ofSeconds(2).toNanos());
      assertThat(throttle.tryAcquire(Duration.ofHours(1))).isEmpty();
      assertThat(scene.now()).isEqualTo(Duration.ofSeconds(4).toNanos());
      assertThat(throttle.snapshot().abandoned()).isEqualTo(3);
    });
  }

  private static void neverStarts(AbstractThrottleBuilder<?> builder, Cost cost) {
    Throttle throttle = builder.build();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> throttle.acquire(cost))
        .withMessageContaining(cost.toString());
    assertThatIllegalArgumentException().isThrownBy(() -> throttle.tryAcquire(cost));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> throttle.tryAcquire(cost, Duration.ofDays(1)));
    assertThatIllegalArgumentException().isThrownBy(() -> throttle.acquireAsync(cost));
    assertThat(throttle.snapshot().waiting()).isZero();
    assertThat(throttle.snapshot().running()).isZero();
  }

  @Test
  void aCostThatCanNeverBeMetIsAnErrorAtOnce() {
    neverStarts(Throttle.builder().rate("5/s"), Cost.permits(6));
    neverStarts(Throttle.builder().rate("5/s", Counted.FROM_END), Cost.permits(6));
    neverStarts(Throttle.builder().tokenBucket("5/s", 2), Cost.permits(3));
    neverStarts(Throttle.builder().concurrency(5), Cost.permits(6));
    neverStarts(Throttle.builder().budget("tokens", "5/s"), Cost.of("tokens", 6));
    neverStarts(Throttle.builder().limit(new OwnLimitTest.AtOnce(5)), Cost.permits(6));
    neverStarts(Throttle.builder().limit(new OwnLimitTest.AtOnce(5)), Cost.permits(1L << 49));
  }

  @Test
  void aCostThatOnlyTurnsOutToBeImpossibleWhenNothingRunsIsAnErrorThen() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().limit(new OwnLimitTest.AtOnce(5)).build();
      Permit permit = throttle.acquire();
      CompletableFuture<Permit> tooMuch = throttle.acquireAsync(6);
      CompletableFuture<Permit> next = throttle.acquireAsync(5);
      permit.close();
      scene.sleep(0);
      assertThat(tooMuch)
          .failsWithin(Duration.ZERO)
          .withThrowableThat()
          .withCauseInstanceOf(IllegalArgumentException.class);
      assertThat(next).isCompleted();
    });
  }

  @Test
  void aBudgetThatIsNotCountedIsAnErrorThatSaysWhichAre() throws Exception {
    Throttle throttle = Throttle.builder().rate("5/s").budget("tokens", "9/s").build();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> throttle.acquire(Cost.of("token", 1)))
        .withMessageContaining("\"token\"")
        .withMessageContaining("tokens");
    assertThatIllegalArgumentException().isThrownBy(() -> throttle.tryAcquire(Cost.of("token", 1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> throttle.acquireAsync(Cost.of("token", 1)));
    Permit permit = throttle.acquire();
    assertThatIllegalArgumentException().isThrownBy(() -> permit.settle("token", 1));
    permit.settle("tokens", 4);
    assertThat(permit.cost()).isEqualTo(Cost.of("tokens", 4));
  }

  @Test
  void numbersThatMakeNoSenseAreErrorsThatQuoteThem() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Throttle.builder().maxWaiting(-1))
        .withMessageContaining("-1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Throttle.builder().maxWait(Duration.ofSeconds(-1)))
        .withMessageContaining("-1 s");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Throttle.builder().concurrency(0))
        .withMessageContaining("0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Throttle.builder().budget("permits", "1/s"))
        .withMessageContaining("permits");
    assertThatIllegalArgumentException().isThrownBy(Throttle::of);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Throttle.of("5/s").pauseFor(Duration.ofSeconds(-1)))
        .withMessageContaining("-1 s");
    assertThatIllegalStateException().isThrownBy(() -> Throttle.builder().align());
  }

  @Test
  void aBuilderBuildsOneThrottleSinceLimitsHaveAMemory() {
    ThrottleBuilder builder = Throttle.builder().rate("1/s");
    builder.build();
    assertThatIllegalStateException().isThrownBy(builder::build);
  }

  @Test
  void aLineThatNobodyMayWaitInAndATimeToWaitContradictEachOther() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Throttle.builder().maxWait(Duration.ofSeconds(1)).maxWaiting(0).build())
        .withMessageContaining("maxWaiting(0)")
        .withMessageContaining("maxWait(1 s)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Throttle.builder().maxWaiting(5).maxWait(Duration.ZERO).build())
        .withMessageContaining("maxWaiting(5)")
        .withMessageContaining("maxWait(0 s)");
    Throttle.builder().maxWaiting(0).maxWait(Duration.ZERO).build();
    Throttle.builder().maxWaiting(0).build();
    Throttle.builder().maxWait(Duration.ZERO).build();
  }
}
