package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.headway.Headway;
import dev.headway.limit.Cost;
import dev.headway.limit.Limit;
import dev.headway.throttle.KeyedThrottle;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleClosedException;
import dev.headway.throttle.ThrottleEvent;
import dev.headway.throttle.ThrottleEvent.Abandoned;
import dev.headway.throttle.ThrottleEvent.Closed;
import dev.headway.throttle.ThrottleEvent.Granted;
import dev.headway.throttle.ThrottleEvent.Queued;
import dev.headway.throttle.ThrottleEvent.Refused;
import dev.headway.throttle.ThrottleEvent.Released;
import dev.headway.throttle.ThrottleEvent.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the event objects of a throttle hold. */
class ThrottleEventTest extends OnEveryStore {

  private final List<ThrottleEvent> heard = Collections.synchronizedList(new ArrayList<>());

  private <E extends ThrottleEvent> List<E> heard(Class<E> kind) {
    return heard.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** The permits of all grants, each of which has had exactly one end. */
  private Map<Long, Released> pairs() {
    Map<Long, Released> ends =
        heard(Released.class).stream()
            .collect(Collectors.toMap(Released::permit, Function.identity()));
    assertThat(heard(Granted.class))
        .extracting(Granted::permit)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(ends.keySet());
    return ends;
  }

  @Test
  void aGrantAndTheEndOfItsPermitHaveTheSameNumberHoweverItIsAcquired() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().concurrency(8).listener(heard::add).build();
      throttle.acquire().close();
      throttle.acquireUninterruptibly().close();
      throttle.tryAcquire().orElseThrow().close();
      throttle.tryAcquire(Duration.ofSeconds(1)).orElseThrow().close();
      throttle.tryAcquireUpTo(2).orElseThrow().release();
      throttle.withPriority(Duration.ofSeconds(1)).acquire().close();
      throttle.call(() -> "foo");
      throttle.call(() -> "foo", Duration.ofSeconds(1));
      assertThat(throttle.supplier(() -> "foo").get()).isEqualTo("foo");
      CompletableFuture<Permit> granted = throttle.acquireAsync();
      scene.sleep(0);
      granted.join().close();
      CompletableFuture<String> async =
          throttle.callAsync(() -> CompletableFuture.completedFuture("foo"));
      scene.sleep(0);
      assertThat(async).isCompletedWithValue("foo");
      Headway.with(throttle).forEach(IntStream.range(0, 20).boxed().toList(), item -> {});
      assertThat(pairs()).hasSize(31);
    });
  }

  @Test
  void permitsThatAreHeldTogetherAreToldApart() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().budget("tokens", "100/s").listener(heard::add).build();
      Permit first = throttle.acquire(Cost.of("tokens", 10));
      scene.sleep(Duration.ofMillis(100));
      Permit second = throttle.acquire(Cost.of("tokens", 20));
      scene.sleep(Duration.ofMillis(100));
      first.settle("tokens", 5);
      first.close();
      scene.sleep(Duration.ofMillis(100));
      second.close();
    });
    Map<Long, Released> ends = pairs();
    List<Granted> grants = heard(Granted.class);
    assertThat(grants)
        .extracting(Granted::cost)
        .containsExactly(Cost.of("tokens", 10), Cost.of("tokens", 20));
    assertThat(ends.get(grants.get(0).permit()).cost()).isEqualTo(Cost.of("tokens", 5));
    assertThat(ends.get(grants.get(1).permit()).cost()).isEqualTo(Cost.of("tokens", 20));
    assertThat(ends.values()).extracting(Released::held).containsOnly(Duration.ofMillis(200));
  }

  @Test
  void anEventSaysWhenItHappenedAndHowLongTheCallerHasWaited() throws Exception {
    Scene.play(scene -> {
      Instant begin = scene.time.instant();
      Throttle throttle = scene.throttle().rate("1/s").listener(heard::add).build();
      throttle.acquire();
      scene.sleep(Duration.ofMillis(400));
      CompletableFuture<Permit> granted = throttle.acquireAsync();
      CompletableFuture<Permit> abandoned = throttle.acquireAsync(1);
      scene.sleep(Duration.ofMillis(500));
      abandoned.cancel(true);
      scene.sleep(Duration.ofMillis(500));
      assertThat(granted).isCompleted();
      assertThat(heard(Queued.class))
          .extracting(Queued::at)
          .endsWith(begin.plusMillis(400), begin.plusMillis(400));
      assertThat(heard(Waiting.class))
          .extracting(Waiting::expected)
          .containsExactly(Duration.ofMillis(600), Duration.ofMillis(1_600));
      assertThat(heard(Abandoned.class)).hasSize(1);
      assertThat(heard(Abandoned.class).getFirst().at()).isEqualTo(begin.plusMillis(900));
      assertThat(heard(Abandoned.class).getFirst().waited()).isEqualTo(Duration.ofMillis(500));
      Granted last = heard(Granted.class).getLast();
      assertThat(last.at()).isEqualTo(begin.plusSeconds(1));
      assertThat(last.at().minus(last.waited())).isEqualTo(begin.plusMillis(400));
    });
  }

  @Test
  void anEventOfAKeysThrottleHasTheKeyItself() throws Exception {
    record Host(String name, int port) {}
    Scene.play(scene -> {
      Throttle api = scene.throttle().name("api").concurrency(9).listener(heard::add).build();
      KeyedThrottle<Host> hosts = api.keyed((host, limits) -> limits.concurrency(2));
      hosts.get(new Host("a/b", 80)).acquire().close();
      api.acquire().close();
    });
    assertThat(heard)
        .extracting(ThrottleEvent::key)
        .startsWith(Optional.of(new Host("a/b", 80)))
        .endsWith(Optional.empty());
    assertThat(heard(Granted.class))
        .extracting(Granted::throttle)
        .containsExactly("api/" + new Host("a/b", 80), "api");
  }

  @Test
  void aThrottleThatWasMadeForAKeySaysWhichToo() throws Exception {
    onlyWhereLocal();
    Scene.play(scene -> {
      KeyedThrottle<Integer> each =
          Throttle.keyed(
              key -> scene.throttle().name("each").rate("2/s").listener(heard::add).build());
      each.get(5).acquire().close();
      each.get(7).withPriority(Duration.ofSeconds(1)).acquire();
    });
    assertThat(heard(Granted.class))
        .extracting(Granted::key)
        .containsExactly(Optional.of(5), java.util.Optional.of(7));
    assertThat(heard(Released.class)).extracting(Released::key).containsExactly(Optional.of(5));
  }

  @Test
  void aGrantThatALimitTakesBackHasAnEnd() throws Exception {
    onlyWhereLocal();
    Scene.play(scene -> {
      Limit failsToDelay =
          new Limit() {
            @Override
            public long readyAt(long now, long amount) {
              return now;
            }

            @Override
            public void start(long now, long amount) {}

            @Override
            public void end(long startedAt, long now, long amount) {}

            @Override
            public void delay(long startedAt, long now, long amount) {
              throw new IllegalStateException("on purpose");
            }
          };
      Throttle throttle =
          scene
              .throttle()
              .limit(failsToDelay)
              .listener(event -> {
                heard.add(event);
                if (event instanceof Granted) {
                  scene.sleep(1);
                }
              })
              .build();
      assertThatIllegalStateException().isThrownBy(throttle::acquire).withMessage("on purpose");
      assertThat(pairs()).hasSize(1);
      assertThat(throttle.snapshot().running()).isZero();
    });
  }

  @Test
  void closingIsToldOnceAndResumingEachTime() throws Exception {
    onlyWhereLocal();
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().name("api").rate("1/s").listener(heard::add).build();
      throttle.pauseFor(Duration.ofSeconds(1));
      throttle.resume();
      CompletableFuture<Permit> granted = throttle.acquireAsync();
      CompletableFuture<Permit> refused = throttle.acquireAsync();
      throttle.close();
      throttle.close();
      scene.sleep(0);
      assertThat(granted).isCompleted();
      assertThat(refused).isCompletedExceptionally();
    });
    assertThat(heard)
        .extracting(event -> event.getClass().getSimpleName())
        .startsWith("Paused", "Resumed", "Granted", "Queued", "Waiting")
        .containsOnlyOnce("Closed", "Refused")
        .hasSize(7);
    assertThat(heard(Refused.class).getFirst().reason()).hasMessageContaining("api");
  }

  @Test
  void closingIsToldAndRejectsCallersWhereverTheLimitsAreKept() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().concurrency(1).listener(heard::add).build();
      Permit open = throttle.acquire();
      CompletableFuture<Permit> waits = throttle.acquireAsync();
      scene.sleep(0);
      throttle.close();
      throttle.close();
      scene.sleep(0);
      assertThat(waits)
          .failsWithin(Duration.ofSeconds(1))
          .withThrowableThat()
          .withCauseInstanceOf(ThrottleClosedException.class);
      assertThatExceptionOfType(ThrottleClosedException.class).isThrownBy(throttle::acquire);
      assertThat(heard(Closed.class)).hasSize(1);
      open.close();
    });
  }

  @Test
  void theEndIsPairedInWhicheverThreadItComes() throws Exception {
    onlyWhereLocal();
    Throttle throttle = Throttle.builder().concurrency(3).listener(heard::add).build();
    CountDownLatch all = new CountDownLatch(200);
    for (int i = 0; i < 200; i++) {
      Permit permit = throttle.acquire();
      Thread.startVirtualThread(() -> {
        permit.close();
        all.countDown();
      });
    }
    all.await();
    assertThat(pairs()).hasSize(200);
  }
}
