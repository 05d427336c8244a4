package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.headway.limit.Cost;
import dev.headway.limit.Counted;
import dev.headway.limit.Rate;
import dev.headway.testkit.Windows;
import dev.headway.throttle.KeyedThrottle;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Rates that are counted on arrival: a server sees no more, and slow responses cost little. */
class CountedOnArrivalTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private static Counted within(long millis) {
    return Counted.onArrival(Duration.ofMillis(millis));
  }

  private static Duration timeOf400ItemsOfASecond(Counted counted) throws Exception {
    Duration[] took = new Duration[1];
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().rate("40/s", counted).build();
      List<Long> starts = new ArrayList<>();
      int[] ended = new int[1];
      for (int i = 0; i < 400; i++) {
        scene.start(() ->
            throttle.run(() -> {
              synchronized (starts) {
                starts.add(scene.now());
              }
              scene.time.sleep(SECOND);
              synchronized (starts) {
                ended[0]++;
                took[0] = scene.time.elapsed();
              }
            }));
      }
      scene.sleep(Duration.ofSeconds(25));
      assertThat(ended[0]).isEqualTo(400);
      assertThat(Windows.fullest(starts.stream().mapToLong(Long::longValue).toArray(), SECOND))
          .isEqualTo(40);
    });
    return took[0];
  }

  @Test
  void slowResponsesCostTheBoundInEachPeriodInsteadOfTheirDuration() throws Exception {
    assertThat(timeOf400ItemsOfASecond(within(50))).isEqualTo(Duration.ofMillis(10_450));
    assertThat(timeOf400ItemsOfASecond(Counted.FROM_END)).isEqualTo(Duration.ofSeconds(19));
  }

  @Test
  void anArrivalWakesTheNextOnePeriodLater() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().rate("1/s", within(600)).build();
      Permit first = throttle.acquire();
      scene.sleep(Duration.ofMillis(200));
      List<Duration> started = new ArrayList<>();
      scene.go(() -> {
        throttle.acquire();
        started.add(scene.time.elapsed());
      });
      scene.go(() -> {
        throttle.acquire().close();
        started.add(scene.time.elapsed());
      });
      scene.sleep(Duration.ofMillis(100));
      first.arrived();
      scene.sleep(Duration.ofMillis(100));
      first.arrived();
      first.close();
      first.arrived();
      scene.sleep(SECOND.multipliedBy(4));
      assertThat(started)
          .as("an arrival; then a permit that neither arrives nor is closed")
          .containsExactly(Duration.ofMillis(1_300), Duration.ofMillis(2_900));
    });
  }

  @Test
  void anArrivalEndsNothingElse() throws Exception {
    Scene.play(scene -> {
      List<Duration> held = new ArrayList<>();
      Throttle throttle =
          scene
              .throttle()
              .rate("9/s", within(10))
              .rate("ends", "2/s", Counted.FROM_END)
              .concurrency(2)
              .listener(event -> {
                if (event instanceof ThrottleEvent.Released released) {
                  held.add(released.held());
                }
              })
              .build();
      Permit permit = throttle.acquire(2);
      permit.arrived();
      scene.sleep(SECOND.multipliedBy(3));
      assertThat(throttle.tryAcquire()).isEmpty();
      assertThat(throttle.snapshot().running()).isEqualTo(1);
      permit.close();
      assertThat(throttle.tryAcquire()).as("one period after its end").isEmpty();
      scene.sleep(SECOND);
      assertThat(throttle.tryAcquire(2)).isPresent();
      assertThat(held).containsExactly(SECOND.multipliedBy(3));
    });
  }

  @Test
  void aBudgetIsSettledAfterItsArrivalToo() throws Exception {
    Scene.play(scene -> {
      Throttle throttle =
          scene.throttle().budget("tokens", Rate.parse("100/s"), within(100)).build();
      Permit permit = throttle.acquire(Cost.of("tokens", 100));
      scene.sleep(Duration.ofMillis(20));
      permit.arrived();
      scene.sleep(Duration.ofMillis(500));
      permit.settle("tokens", 30);
      assertThat(throttle.tryAcquire(Cost.of("tokens", 71))).isEmpty();
      assertThat(throttle.tryAcquire(Cost.of("tokens", 70))).isPresent();
      scene.sleep(Duration.ofMillis(499));
      assertThat(throttle.tryAcquire(Cost.of("tokens", 1))).isEmpty();
      scene.sleep(Duration.ofMillis(1));
      assertThat(throttle.tryAcquire(Cost.of("tokens", 30))).isPresent();
    });
  }

  /** One start, as a brute-force model keeps it. */
  private static final class Sent {
    final Permit permit;
    final long startedAt;
    long arrivedAt = Long.MAX_VALUE;

    Sent(Permit permit, long startedAt) {
      this.permit = permit;
      this.startedAt = startedAt;
    }

    long freeAt(long bound, long period) {
      return Math.min(arrivedAt, startedAt + bound) + period;
    }
  }

  @Test
  void startsAreAllowedExactlyWhenABruteForceModelAllowsThem() throws Exception {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      long period = 1_000_000L * (1 + random.nextInt(50));
      long bound = 1_000_000L * (1 + random.nextInt(80));
      int permits = 1 + random.nextInt(4);
      String where = "seed " + seed;
      Scene.play(scene -> {
        Throttle throttle =
            scene
                .throttle()
                .rate(
                    Rate.of(permits, Duration.ofNanos(period)),
                    Counted.onArrival(Duration.ofNanos(bound)))
                .build();
        List<Sent> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
          scene.sleep(1_000_000L * random.nextInt(20));
          long now = scene.now();
          Sent any = all.isEmpty() ? null : all.get(random.nextInt(all.size()));
          if (any != null && random.nextBoolean()) {
            if (random.nextBoolean()) {
              any.permit.arrived();
            } else {
              any.permit.close();
            }
            any.arrivedAt = Math.min(any.arrivedAt, now);
          }
          long taken = all.stream().filter(sent -> sent.freeAt(bound, period) > now).count();
          Optional<Permit> permit = throttle.tryAcquire();
          assertThat(permit.isPresent()).as(where).isEqualTo(taken < permits);
          permit.ifPresent(p -> all.add(new Sent(p, now)));
        }
      });
    }
  }

  @Test
  void anUpdateToOrFromCountingOnArrivalForgetsNothing() throws Exception {
    Scene.play(scene -> {
      for (Counted former : List.of(Counted.FROM_START, Counted.FROM_END, within(100))) {
        Throttle throttle = scene.throttle().rate("3/m", former).build();
        Permit arrived = throttle.acquire();
        throttle.acquire().close();
        Permit open = throttle.acquire();
        arrived.arrived();
        scene.sleep(SECOND);
        throttle.update(limits -> limits.rate("3/m", within(500)));
        assertThat(throttle.tryAcquire()).as("%s", former).isEmpty();
        assertThat(throttle.snapshot().rules().getFirst().counted()).hasValue(within(500));
        scene.sleep(Duration.ofSeconds(30));
        assertThat(throttle.tryAcquire()).as("%s", former).isEmpty();
        arrived.close();
        open.close();
        scene.sleep(Duration.ofSeconds(31));
        assertThat(throttle.tryAcquire(3)).as("%s", former).isPresent();
        throttle.update(limits -> limits.rate("3/m", former));
        assertThat(throttle.tryAcquire()).as("%s", former).isEmpty();
      }
    });
  }

  @Test
  void aPermitThatIsLeftOpenKeepsNoKey() throws Exception {
    Scene.play(scene -> {
      KeyedThrottle<Integer> keys =
          Throttle.keyed(key -> scene.throttle().rate("3/s", within(20)).build());
      for (int i = 0; i < 500; i++) {
        keys.get(i).acquire();
        scene.sleep(Duration.ofMillis(50));
      }
      assertThat(keys.size()).isLessThan(100);
    });
  }

  @Test
  void aSharedThrottleRefusesToCountOnArrival() throws Exception {
    for (Kind kind : List.of(Kind.REDIS, Kind.POSTGRES)) {
      Kind.use(kind);
      try {
        Scene.play(scene -> {
          assertThatIllegalArgumentException()
              .isThrownBy(() -> scene.throttle().rate("1/s", within(50)).build())
              .withMessageContaining("on arrival")
              .withMessageContaining("1/s");
          Throttle throttle = scene.throttle("1/s");
          assertThatIllegalArgumentException()
              .isThrownBy(() -> throttle.update(limits -> limits.rate("1/s", within(50))));
          assertThat(throttle.tryAcquire()).isPresent();
          throttle.acquire().arrived();
        });
      } finally {
        Kind.use(Kind.LOCAL);
      }
    }
  }
}
