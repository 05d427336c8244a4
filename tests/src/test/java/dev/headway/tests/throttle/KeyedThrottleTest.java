package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.headway.limit.Counted;
import dev.headway.testkit.Windows;
import dev.headway.throttle.KeyedThrottle;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.TooManyKeysException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One throttle a key. */
class KeyedThrottleTest extends OnEveryStore {

  @Test
  void keysDoNotKeepEachOtherWaiting() throws Exception {
    Scene.play(scene -> {
      KeyedThrottle<String> hosts = Throttle.keyed(host -> scene.throttle("1/s"));
      assertThat(hosts.get("a").tryAcquire()).isPresent();
      assertThat(hosts.get("a").tryAcquire()).isEmpty();
      assertThat(hosts.get("b").tryAcquire()).isPresent();
      Throttle kept = hosts.get("a");
      assertThat(kept.isLocked()).isTrue();
      kept.acquire();
      assertThat(scene.now()).isEqualTo(1_000_000_000);
      assertThat(hosts.size()).isEqualTo(2);
    });
  }

  @Test
  void idleKeysAreForgottenSoThatTheirNumberIsBounded() throws Exception {
    onlyWhereLocal();
    Scene.play(scene -> {
      KeyedThrottle<Integer> keys =
          Throttle.keyed(key -> scene.throttle().rate("3/s").concurrency(2).build());
      int most = 0;
      for (int i = 0; i < 20_000; i++) {
        keys.get(i).acquire().close();
        scene.time.sleep(Duration.ofMillis(50));
        most = Math.max(most, keys.size());
      }
      assertThat(most).isLessThanOrEqualTo(64);
    });
  }

  @Test
  void whatRunsWaitsOrIsRememberedIsNotForgotten() throws Exception {
    Scene.play(scene -> {
      KeyedThrottle<String> keys =
          Throttle.keyed(key -> scene.throttle().rate("2/h", Counted.FROM_END).build());
      Permit running = keys.get("runs").acquire(2);
      CompletableFuture<Permit> waiting = keys.get("runs").acquireAsync();
      keys.get("ended").acquire(2).close();
      for (int i = 0; i < 1_000; i++) {
        keys.get("other " + i).tryAcquire().orElseThrow().close();
      }
      assertThat(keys.get("runs").tryAcquire()).isEmpty();
      assertThat(keys.get("ended").tryAcquire()).isEmpty();
      running.close();
      scene.sleep(Duration.ofHours(1));
      assertThat(waiting).isDone();
    });
  }

  @Test
  @Timeout(300) // 6,000 permits of a real store
  void forgettingNeverLetsAWindowBeExceeded() throws Exception {
    Map<Integer, List<Long>> grants = new ConcurrentHashMap<>();
    AtomicInteger made = new AtomicInteger();
    Scene.play(scene -> {
      KeyedThrottle<Integer> keys =
          Throttle.keyed(key -> {
            made.incrementAndGet();
            return scene.throttle("2/s");
          });
      for (int i = 0; i < 20; i++) {
        Random random = new Random(i);
        scene.start(() -> {
          for (int j = 0; j < 300; j++) {
            int key = random.nextInt(150);
            try (Permit permit = keys.get(key).acquire()) {
              grants
                  .computeIfAbsent(key, k -> Collections.synchronizedList(new ArrayList<>()))
                  .add(scene.now());
            }
            scene.time.sleep(Duration.ofMillis(random.nextInt(400)));
          }
        });
      }
    });
    assertThat(made.get()).as("some were forgotten and made again").isGreaterThan(200);
    for (List<Long> one : grants.values()) {
      assertThat(
              Windows.fullest(
                  one.stream().mapToLong(Long::longValue).toArray(), Duration.ofSeconds(1)))
          .isLessThanOrEqualTo(2);
    }
  }

  @Test
  void allThatIsGotForAKeyIsTheSameThrottleOnRealThreadsToo() throws Exception {
    KeyedThrottle<Integer> keys = Throttle.keyed(key -> Throttle.builder().concurrency(1).build());
    AtomicInteger[] inside = new AtomicInteger[100];
    for (int i = 0; i < inside.length; i++) {
      inside[i] = new AtomicInteger();
    }
    AtomicInteger most = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      Random random = new Random(t);
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 20_000; i++) {
                  int key = random.nextInt(inside.length);
                  try (Permit permit = keys.get(key).acquire()) {
                    most.accumulateAndGet(inside[key].incrementAndGet(), Math::max);
                    inside[key].decrementAndGet();
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(most).hasValue(1);
  }

  @Test
  void noMoreKeysAreHeldThanMayAndOneTooManyIsToldWhatToDo() throws Exception {
    Scene.play(scene -> {
      KeyedThrottle<Integer> keys =
          Throttle.<Integer>keyed(key -> scene.throttle("2/m")).atMost(1_000);
      for (int i = 0; i < 1_000; i++) {
        keys.get(i).tryAcquire().orElseThrow().close();
      }
      assertThatExceptionOfType(TooManyKeysException.class)
          .isThrownBy(() -> keys.get(1_000).tryAcquire())
          .withMessageContaining("1000")
          .withMessageContaining("atMost");
      keys.get(999).tryAcquire().orElseThrow().close();
      assertThat(keys.size()).isEqualTo(1_000);
      scene.time.sleep(Duration.ofMinutes(1));
      keys.get(1_000).acquire();
      assertThat(keys.size()).isLessThanOrEqualTo(1_000);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> keys.atMost(0))
          .withMessageContaining("0");
    });
  }

  @Test
  void aKeyWhoseThrottleCannotBeMadeTakesNoPlace() throws Exception {
    Scene.play(scene -> {
      KeyedThrottle<String> keys = Throttle.<String>keyed(rate -> scene.throttle(rate)).atMost(1);
      for (int i = 0; i < 3; i++) {
        assertThatIllegalArgumentException().isThrownBy(() -> keys.get("nonsense").acquire());
      }
      assertThat(keys.get("1/s").tryAcquire()).isPresent();
    });
  }
}
