package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.headway.Headway;
import dev.headway.throttle.KeyedThrottle;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.WaitTooLongException;
import dev.headway.time.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Callers may say how urgent they are; equal ones stay in order, and nobody starves. */
@SuppressWarnings("FutureReturnValueIgnored") // who waits is seen by what becomes of it
class PriorityTest extends OnEveryStore {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final List<String> order = Collections.synchronizedList(new ArrayList<>());

  private void stand(Throttle throttle, String who) {
    throttle
        .acquireAsync()
        .thenAccept(permit -> {
          order.add(who);
          permit.close();
        });
  }

  @Test
  void thoseOfAHigherPriorityGoFirstAndAmongEqualsFirstComesFirst() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("1/s");
      Throttle high = throttle.withPriority(MINUTE);
      Throttle low = throttle.withPriority(MINUTE.negated());
      throttle.acquire();
      for (String who : List.of("low 1", "a", "high 1", "b", "low 2", "high 2", "c", "high 3")) {
        stand(who.startsWith("high") ? high : who.startsWith("low") ? low : throttle, who);
      }
      high.acquireAsync().cancel(true);
      assertThat(high.tryAcquire()).isEmpty();
      scene.sleep(Duration.ofSeconds(10));
    });
    assertThat(order)
        .containsExactly("high 1", "high 2", "high 3", "a", "b", "c", "low 1", "low 2");
  }

  @Test
  void nobodyStarvesHoweverManyOfAHigherPriorityCome() throws Exception {
    AtomicLong waited = new AtomicLong();
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("1/s");
      Throttle high = throttle.withPriority(MINUTE);
      long end = Duration.ofMinutes(10).toNanos();
      scene.start(() -> {
        while (scene.now() < end) {
          stand(high, "high");
          stand(high, "high");
          scene.time.sleep(Duration.ofSeconds(1));
        }
      });
      scene.sleep(Duration.ofSeconds(100));
      throttle
          .acquireAsync()
          .thenAccept(permit -> {
            waited.set(permit.waited().toSeconds());
            permit.close();
          });
      scene.sleep(Duration.ofMinutes(30));
    });
    assertThat(waited.get())
        .as("until all are served who came up to a minute later, two each second, from the start")
        .isBetween(2 * (100L + 60) - 100 - 2, 2 * (100L + 60) - 100 + 2);
  }

  @Test
  void whoHasWaitedForLongerThanAHeadStartGoesBeforeIt() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("1/h");
      throttle.acquire();
      stand(throttle, "early");
      scene.sleep(MINUTE.plusNanos(1));
      stand(throttle.withPriority(MINUTE), "late and urgent");
      stand(throttle.withPriority(MINUTE.plusNanos(2)), "late and more urgent");
      stand(throttle, "late");
      scene.sleep(Duration.ofHours(5));
    });
    assertThat(order).containsExactly("late and more urgent", "early", "late and urgent", "late");
  }

  @Test
  void headStartsAddUp() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("1/s");
      throttle.acquire();
      stand(throttle.withPriority(MINUTE.multipliedBy(3)), "three");
      stand(throttle.withPriority(MINUTE).withPriority(MINUTE.multipliedBy(3)), "four");
      stand(throttle.withPriority(MINUTE).withPriority(MINUTE.negated()), "none");
      stand(throttle.withPriority(Duration.ofDays(36_500)).withPriority(MINUTE), "most");
      scene.sleep(Duration.ofSeconds(10));
    });
    assertThat(order).containsExactly("most", "four", "three", "none");
  }

  @Test
  void aHeadStartOutOfRangeIsAnErrorThatQuotesIt() {
    Throttle throttle = Throttle.of("1/s");
    Throttle keyed = Throttle.keyed(key -> throttle).get("any");
    for (Throttle each : List.of(throttle, keyed)) {
      for (Duration wrong : List.of(Duration.ofDays(36_501), Duration.ofDays(-36_501))) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> each.withPriority(wrong))
            .withMessageContaining(Durations.print(wrong))
            .withMessageContaining("36500");
      }
    }
  }

  @Test
  void aForecastCountsThoseWhoGoBeforeAndNoOthers() throws Exception {
    onlyWhereLocal();
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().rate("1/s").maxWait(Duration.ofSeconds(5)).build();
      Throttle high = throttle.withPriority(MINUTE);
      Throttle low = throttle.withPriority(MINUTE.negated());
      throttle.acquire();
      for (int i = 0; i < 3; i++) {
        stand(throttle, "plain");
      }
      stand(low, "low");
      stand(high, "high");
      assertThat(throttle.snapshot().untilNextStart()).hasValue(Duration.ofSeconds(5));
      assertThat(high.snapshot().untilNextStart()).hasValue(Duration.ofSeconds(2));
      assertThat(low.snapshot().untilNextStart()).hasValue(Duration.ofSeconds(6));
      assertThatExceptionOfType(WaitTooLongException.class).isThrownBy(low::acquire);
      stand(throttle, "last");
      assertThatExceptionOfType(WaitTooLongException.class).isThrownBy(throttle::acquire);
      stand(high, "high");
      scene.sleep(Duration.ofSeconds(10));
    });
    assertThat(order)
        .as("who was let in before the last urgent one came may have to leave")
        .containsExactly("high", "high", "plain", "plain", "plain");
  }

  @Test
  void aLightCallerOfAHigherPriorityGoesBeforeAHeavyOne() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("10/s");
      throttle.acquire(6);
      CompletableFuture<Permit> heavy = throttle.acquireAsync(10);
      assertThat(throttle.tryAcquire()).isEmpty();
      assertThat(throttle.withPriority(MINUTE).tryAcquire()).isPresent();
      assertThat(throttle.withPriority(MINUTE).tryAcquire(4)).isEmpty();
      scene.sleep(Duration.ofSeconds(1));
      assertThat(heavy).isDone();
    });
  }

  @Test
  void priorityHoldsAcrossTheKeysThatShareALimit() throws Exception {
    Scene.play(scene -> {
      Throttle all = scene.throttle("1/s");
      KeyedThrottle<String> hosts = all.keyed((host, limits) -> limits.rate("100/s"));
      all.acquire();
      stand(hosts.get("a"), "a");
      stand(hosts.get("b").withPriority(MINUTE), "b, urgent");
      stand(hosts.get("a").withPriority(MINUTE), "a, urgent");
      stand(all.withPriority(MINUTE.multipliedBy(2)), "most urgent");
      stand(hosts.get("c"), "c");
      scene.sleep(Duration.ofSeconds(10));
    });
    assertThat(order).containsExactly("most urgent", "b, urgent", "a, urgent", "a", "c");
  }

  @Test
  void aRunGoesThroughAThrottleWithItsPriority() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("1/s");
      throttle.acquire();
      for (int i = 0; i < 3; i++) {
        stand(throttle, "plain");
      }
      Headway.with(throttle.withPriority(MINUTE))
          .concurrency(1)
          .forEach(List.of("urgent", "urgent"), order::add);
      scene.sleep(Duration.ofSeconds(10));
    });
    assertThat(order).containsExactly("urgent", "urgent", "plain", "plain", "plain");
  }
}
