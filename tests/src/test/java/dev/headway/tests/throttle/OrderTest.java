package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.limit.Cost;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** First come, first served; all limits at one instant or none. */
@SuppressWarnings("FutureReturnValueIgnored") // who waits is seen by what becomes of it
class OrderTest extends OnEveryStore {

  private final List<Object> order = Collections.synchronizedList(new ArrayList<>());

  @Test
  void firstComeFirstServedHoweverOneWaits() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("1/s");
      throttle.acquire();
      for (int i = 0; i < 30; i++) {
        int who = i;
        switch (i % 3) {
          case 0 ->
              scene.go(() -> {
                throttle.acquire();
                order.add(who);
              });
          case 1 -> throttle.acquireAsync().thenRun(() -> order.add(who));
          default ->
              scene.go(() -> {
                assertThat(throttle.tryAcquire(Duration.ofDays(1))).isPresent();
                order.add(who);
              });
        }
      }
      scene.sleep(Duration.ofSeconds(40));
    });
    assertThat(order).isEqualTo(IntStream.range(0, 30).boxed().toList());
  }

  @Test
  void aHeavyCallerIsNotOvertakenByLightOnes() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("10/s");
      throttle.acquire(6);
      CompletableFuture<Permit> heavy = throttle.acquireAsync(10);
      CompletableFuture<Permit> light = throttle.acquireAsync(1);
      assertThat(throttle.tryAcquire(1)).isEmpty();
      assertThat(throttle.tryAcquire(1, Duration.ofMillis(999))).isEmpty();
      assertThat(heavy).isNotDone();
      assertThat(light).isNotDone();
      scene.sleep(1_000_000);
      assertThat(heavy).isDone();
      assertThat(light).isNotDone();
      scene.sleep(Duration.ofSeconds(1));
      assertThat(light).isDone();
    });
  }

  @Test
  void noLimitIsChargedWhileAnotherIsWaitedFor() throws Exception {
    Scene.play(scene -> {
      Throttle throttle =
          scene
              .throttle()
              .concurrency(1)
              .rate("2/s")
              .budget("tokens", "100/h")
              .spacing(Duration.ofMillis(1))
              .build();
      Permit first = throttle.acquire(Cost.of("tokens", 40));
      CompletableFuture<Permit> second = throttle.acquireAsync(Cost.of("tokens", 60));
      scene.sleep(Duration.ofHours(2));
      assertThat(second).isNotDone();
      second.cancel(false);
      first.close();
      try (Permit all = throttle.acquire(Cost.of("tokens", 100))) {
        assertThat(all.waited()).isZero();
      }
      assertThat(scene.now()).isEqualTo(Duration.ofHours(2).toNanos());
    });
  }

  @Test
  void moreThanABatchCanStartAtOneInstant() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("1000/s");
      throttle.acquire(1_000);
      List<CompletableFuture<Permit>> all = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        all.add(throttle.acquireAsync());
      }
      scene.sleep(Duration.ofSeconds(1));
      assertThat(all).allMatch(CompletableFuture::isDone);
      assertThat(throttle.snapshot().waiting()).isZero();
    });
  }

  @Test
  void unlimitedLetsEverythingThroughWhateverItCosts() throws Exception {
    Throttle unlimited = Throttle.unlimited();
    for (int i = 0; i < 1_000; i++) {
      unlimited.acquire(Cost.of("anything", 1_000_000_000).and("else", 0));
      assertThat(unlimited.tryAcquire(1_000_000_000_000L)).isPresent();
    }
    assertThat(unlimited.isLocked()).isFalse();
    assertThat(unlimited.snapshot().available()).isEqualTo(Long.MAX_VALUE);
    assertThat(unlimited.snapshot().waiting()).isZero();
  }
}
