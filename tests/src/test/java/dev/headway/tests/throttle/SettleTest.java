package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.headway.limit.Concurrency;
import dev.headway.limit.Cost;
import dev.headway.limit.Counted;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** What was taken too much is given back to those that wait; too little is charged. */
class SettleTest extends OnEveryStore {

  @Test
  void lessWakesWhoWaits() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().budget("tokens", "1000/m").build();
      Permit permit = throttle.acquire(Cost.of("tokens", 900));
      CompletableFuture<Permit> next = throttle.acquireAsync(Cost.of("tokens", 300));
      scene.sleep(Duration.ofSeconds(1));
      assertThat(next).isNotDone();
      permit.settle("tokens", 701);
      scene.sleep(0);
      assertThat(next).isNotDone();
      permit.settle("tokens", 700);
      scene.sleep(0);
      assertThat(next).isDone();
      assertThat(scene.now()).isEqualTo(Duration.ofSeconds(1).toNanos());
      assertThat(permit.cost()).isEqualTo(Cost.of("tokens", 700));
    });
  }

  @Test
  void moreDelaysWhoComes() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().budget("tokens", "1000/m").build();
      Permit permit = throttle.acquire(Cost.of("tokens", 100));
      scene.sleep(Duration.ofSeconds(1));
      permit.settle("tokens", 950);
      permit.close();
      assertThat(throttle.tryAcquire(Cost.of("tokens", 51))).isEmpty();
      assertThat(throttle.tryAcquire(Cost.of("tokens", 50))).isPresent();
      throttle.acquire(Cost.of("tokens", 950));
      assertThat(scene.now()).isEqualTo(Duration.ofMinutes(1).toNanos());
    });
  }

  @Test
  void whatWasNotAskedForAtAllIsChargedToo() throws Exception {
    for (Counted counted : List.of(Counted.FROM_START, Counted.FROM_END)) {
      Scene.play(scene -> {
        Throttle throttle =
            scene
                .throttle()
                .budget("tokens", dev.headway.limit.Rate.parse("1000/m"), counted)
                .build();
        Permit permit = throttle.acquire();
        permit.settle("tokens", 950);
        assertThat(throttle.tryAcquire(Cost.of("tokens", 51))).isEmpty();
        permit.settle("tokens", 900);
        assertThat(throttle.tryAcquire(Cost.of("tokens", 101))).isEmpty();
        permit.close();
        assertThat(throttle.tryAcquire(Cost.of("tokens", 100))).isPresent();
      });
    }
  }

  @Test
  void fromTheEndWhatIsSettledIsWhatCountsAfterTheEnd() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().rate("10/s", Counted.FROM_END).build();
      Permit permit = throttle.acquire(10);
      permit.settle(Cost.PERMITS, 4);
      assertThat(throttle.snapshot().available()).isEqualTo(6);
      permit.close();
      scene.sleep(Duration.ofMillis(999));
      assertThat(throttle.snapshot().available()).isEqualTo(6);
      scene.sleep(Duration.ofMillis(1));
      assertThat(throttle.snapshot().available()).isEqualTo(10);
    });
  }

  @Test
  void aSettlementAfterTheEndIsAnErrorAndChangesNothing() throws Exception {
    Throttle throttle = Throttle.builder().concurrency(9).build();
    Permit permit = throttle.acquire(3);
    permit.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> permit.settle(Cost.PERMITS, 5))
        .withMessageContaining("closed");
    assertThat(throttle.snapshot().available()).isEqualTo(9);
    Permit other = throttle.acquire(3);
    assertThatIllegalArgumentException().isThrownBy(() -> other.settle(Cost.PERMITS, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> other.settle(Cost.PERMITS, -5));
    assertThat(other.cost()).isEqualTo(Cost.permits(3));
    assertThat(throttle.snapshot().available()).isEqualTo(6);
  }

  @RepeatedTest(20)
  void twoBudgetsSettledAtOnceByTwoThreadsAreBothSettled() throws Exception {
    Throttle throttle =
        Throttle.builder()
            .limit("a", new Concurrency(1_000))
            .limit("b", new Concurrency(1_000))
            .build();
    for (int i = 0; i < 20; i++) {
      Permit permit = throttle.acquire(Cost.of("a", 5).and("b", 5));
      List<Thread> threads = new ArrayList<>();
      for (String budget : List.of("a", "b")) {
        threads.add(
            Thread.ofPlatform()
                .start(() -> {
                  for (int j = 1; j <= 20; j++) {
                    permit.settle(budget, j);
                  }
                }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(permit.cost()).isEqualTo(Cost.of("a", 20).and("b", 20));
      permit.close();
    }
    assertThat(throttle.tryAcquire(Cost.of("a", 1_000).and("b", 1_000))).isPresent();
  }
}
