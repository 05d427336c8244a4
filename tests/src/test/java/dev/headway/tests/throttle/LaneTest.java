package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.limit.Cost;
import dev.headway.testkit.Windows;
import dev.headway.throttle.KeyedThrottle;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** Throttles a key that share the rules of one. */
@SuppressWarnings("FutureReturnValueIgnored") // who waits is seen by what becomes of it
class LaneTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void ownAndSharedLimitsAreMetAtOneInstant() throws Exception {
    Scene.play(scene -> {
      Throttle shared = scene.throttle("3/s");
      KeyedThrottle<String> hosts = shared.keyed((host, limits) -> limits.rate("1/s"));
      assertThat(hosts.get("a").tryAcquire()).isPresent();
      assertThat(hosts.get("a").tryAcquire()).isEmpty();
      assertThat(shared.snapshot().available()).isEqualTo(2);
      assertThat(shared.tryAcquire(2)).isPresent();
      CompletableFuture<Permit> b = hosts.get("b").acquireAsync();
      assertThat(b).isNotDone();
      assertThat(hosts.get("b").snapshot().waiting()).isEqualTo(1);
      scene.sleep(SECOND);
      assertThat(b).isDone();
      assertThat(hosts.get("b").name()).isEqualTo("throttle/b");
    });
  }

  @Test
  void theSharedThrottleCountsTheCallersOfAllKeys() throws Exception {
    Scene.play(scene -> {
      Throttle shared = scene.throttle("100/s");
      KeyedThrottle<String> hosts = shared.keyed((host, limits) -> limits.rate("1/s"));
      Permit a = hosts.get("a").tryAcquire().orElseThrow();
      assertThat(hosts.get("b").tryAcquire()).isPresent();
      CompletableFuture<Permit> waiting = hosts.get("b").acquireAsync();
      shared.tryAcquire().orElseThrow().close();
      a.close();

      assertThat(shared.snapshot().granted()).isEqualTo(3);
      assertThat(shared.snapshot().running()).isEqualTo(1);
      assertThat(shared.snapshot().waiting()).isEqualTo(1);
      assertThat(shared.isLocked()).isFalse();
      assertThat(hosts.get("b").isLocked()).isTrue();
      assertThat(hosts.get("a").snapshot().granted()).isEqualTo(1);
      waiting.cancel(false);
      assertThat(shared.snapshot().abandoned()).isEqualTo(1);
      assertThat(shared.snapshot().idle()).isFalse();
    });
  }

  @Test
  void aKeyThatIsKeptWaitingByItsOwnRulesKeepsNoOtherWaiting() throws Exception {
    Scene.play(scene -> {
      Throttle shared = scene.throttle("100/s");
      KeyedThrottle<String> hosts = shared.keyed((host, limits) -> limits.rate("1/s"));
      List<CompletableFuture<Permit>> slow = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        slow.add(hosts.get("slow").acquireAsync());
      }
      for (int i = 0; i < 50; i++) {
        assertThat(hosts.get("host " + i).tryAcquire()).isPresent();
      }
      assertThat(shared.tryAcquire()).isPresent();
      assertThat(slow.stream().filter(CompletableFuture::isDone)).hasSize(1);
      scene.sleep(Duration.ofSeconds(9));
      assertThat(slow).allMatch(CompletableFuture::isDone);
    });
  }

  @Test
  void theSharedLimitIsFirstComeFirstServedAndAHeavyCallerIsNotOvertaken() throws Exception {
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    Scene.play(scene -> {
      Throttle shared = scene.throttle("10/s");
      KeyedThrottle<String> hosts = shared.keyed((host, limits) -> limits.concurrency(100));
      shared.acquire(5);
      hosts.get("a").acquireAsync(8).thenRun(() -> order.add("heavy a"));
      for (String key : List.of("b", "c", "b", "a", "d")) {
        hosts.get(key).acquireAsync(2).thenRun(() -> order.add(key));
        assertThat(hosts.get(key).tryAcquire()).isEmpty();
      }
      shared.acquireAsync(2).thenRun(() -> order.add("shared"));
      assertThat(hosts.get("fresh").isLocked()).isTrue();
      assertThat(hosts.get("fresh").snapshot().untilNextStart()).contains(SECOND);
      assertThat(shared.isLocked()).isTrue();
      scene.sleep(SECOND.minusNanos(1));
      assertThat(order).isEmpty();
      scene.sleep(Duration.ofSeconds(9));
    });
    // Those that start at one instant tell of it on threads of their own.
    assertThat(order.subList(0, 2)).containsExactlyInAnyOrder("heavy a", "b");
    assertThat(order.subList(2, 7)).containsExactlyInAnyOrder("c", "b", "a", "d", "shared");
  }

  @Test
  void theSharedLimitIsNotChargedWhileTheOwnIsWaitedFor() throws Exception {
    Scene.play(scene -> {
      Throttle shared = scene.throttle("2/s");
      KeyedThrottle<String> hosts = shared.keyed((host, limits) -> limits.rate("1/m"));
      hosts.get("a").acquire();
      CompletableFuture<Permit> again = hosts.get("a").acquireAsync();
      scene.sleep(Duration.ofSeconds(30));
      assertThat(shared.snapshot().available()).isEqualTo(2);
      scene.sleep(Duration.ofSeconds(30));
      assertThat(again).isDone();
      assertThat(shared.snapshot().available()).isEqualTo(1);
    });
  }

  @Test
  void aForecastCountsOnlyThoseWhoAreKnownToGoBefore() throws Exception {
    Scene.play(scene -> {
      Throttle shared = scene.throttle().rate("2/s").maxWait(Duration.ofHours(1)).build();
      KeyedThrottle<String> hosts =
          shared.keyed((host, limits) -> {
            if (host.equals("slow")) {
              limits.rate("1/m");
            }
          });
      for (int i = 0; i < 50; i++) {
        hosts.get("slow").acquireAsync();
      }
      hosts.get("fast").acquire();
      CompletableFuture<Permit> fast = hosts.get("fast").acquireAsync();
      assertThat(fast).isNotCompletedExceptionally();
      scene.sleep(SECOND);
      assertThat(fast).isDone();
    });
  }

  @Test
  void aPauseOfTheSharedThrottleHoldsForAllKeysAndThatOfAKeyForItAlone() throws Exception {
    Scene.play(scene -> {
      Throttle shared = scene.throttle("9/s");
      KeyedThrottle<String> hosts = shared.keyed((host, limits) -> limits.rate("5/s"));
      hosts.get("a").pauseFor(SECOND);
      assertThat(hosts.get("a").tryAcquire()).isEmpty();
      assertThat(hosts.get("b").tryAcquire()).isPresent();
      shared.pauseFor(Duration.ofSeconds(3));
      assertThat(hosts.get("b").tryAcquire()).isEmpty();
      hosts.get("a").acquire();
      assertThat(scene.now()).isEqualTo(Duration.ofSeconds(3).toNanos());
    });
  }

  @Test
  void everyWindowHoldsWhateverTheKeysDo() throws Exception {
    Map<Integer, List<Long>> byKey = new ConcurrentHashMap<>();
    List<Long> all = Collections.synchronizedList(new ArrayList<>());
    Scene.play(scene -> {
      Throttle shared = scene.throttle().rate("20/s").concurrency(15).build();
      KeyedThrottle<Integer> keys = shared.keyed((key, limits) -> limits.rate("3/s"));
      for (int i = 0; i < 60; i++) {
        Random random = new Random(i);
        scene.start(() -> {
          for (int j = 0; j < 20; j++) {
            int key = random.nextInt(200);
            try (Permit permit = keys.get(key).acquire()) {
              all.add(scene.now());
              byKey
                  .computeIfAbsent(key, k -> Collections.synchronizedList(new ArrayList<>()))
                  .add(scene.now());
              scene.time.sleep(Duration.ofMillis(random.nextInt(500)));
            }
          }
        });
      }
    });
    assertThat(all).hasSize(1_200);
    assertThat(Windows.fullest(all.stream().mapToLong(Long::longValue).toArray(), SECOND))
        .isLessThanOrEqualTo(20);
    for (List<Long> one : byKey.values()) {
      assertThat(Windows.fullest(one.stream().mapToLong(Long::longValue).toArray(), SECOND))
          .isLessThanOrEqualTo(3);
    }
  }

  @Test
  void whatEndsIsSettledOrIsChangedAtAKeyLetsThoseGoOnWhoWaitForIt() throws Exception {
    Scene.play(scene -> {
      Throttle all = scene.throttle("1000/s");
      KeyedThrottle<String> keys =
          all.keyed((key, limits) -> limits.concurrency(1).budget("tokens", "100/h"));
      Throttle one = keys.get("one");
      Permit first = one.acquire(Cost.of("tokens", 90));
      CompletableFuture<Permit> second = one.acquireAsync();
      CompletableFuture<Permit> third = one.acquireAsync(Cost.of("tokens", 20));
      scene.settle();
      assertThat(second).isNotDone();
      first.close();
      scene.settle();
      assertThat(second).isDone();
      second.join().close();
      scene.settle();
      assertThat(third).isNotDone();
      one.update(limits -> limits.budget("tokens", "110/h"));
      scene.settle();
      assertThat(third).isDone();

      CompletableFuture<Permit> fourth = keys.get("one").acquireAsync(Cost.of("tokens", 10));
      third.join().settle("tokens", 10);
      scene.settle();
      assertThat(fourth).as("the place is still taken").isNotDone();
      third.join().close();
      scene.settle();
      assertThat(fourth).isDone();
    });
  }

  @Test
  void aSettlementAtAKeyLetsThoseGoOnWhoWaitForIt() throws Exception {
    Scene.play(scene -> {
      Throttle one =
          scene
              .throttle("1000/s")
              .<String>keyed((key, limits) -> limits.budget("tokens", "100/h"))
              .get("one");
      Permit first = one.acquire(Cost.of("tokens", 90));
      CompletableFuture<Permit> second = one.acquireAsync(Cost.of("tokens", 50));
      scene.settle();
      assertThat(second).isNotDone();
      first.settle("tokens", 50);
      scene.settle();
      assertThat(second).isDone();
    });
  }
}
