package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.headway.limit.Counted;
import dev.headway.limit.LimitSnapshot;
import dev.headway.limit.Rate;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Snapshot;
import dev.headway.throttle.Throttle;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

@SuppressWarnings("FutureReturnValueIgnored") // who waits is seen by what becomes of it
class SnapshotTest extends OnEveryStore {

  @Test
  void aSnapshotSaysWhatIs() throws Exception {
    Scene.play(scene -> {
      Throttle throttle =
          scene.throttle().name("api").rate("3/s").rate("9/m", Counted.FROM_END).build();
      Snapshot fresh = throttle.snapshot();
      assertThat(fresh.name()).isEqualTo("api");
      assertThat(fresh.rules()).hasSize(2);
      assertThat(fresh.idle()).isTrue();
      assertThat(fresh.available()).isEqualTo(3);
      assertThat(fresh.untilNextStart()).contains(Duration.ZERO);
      assertThat(fresh.nextStart()).contains(scene.time.instant());
      assertThat(throttle.isLocked()).isFalse();

      Permit permit = throttle.acquire(3);
      scene.sleep(Duration.ofMillis(400));
      for (int i = 0; i < 4; i++) {
        throttle.acquireAsync();
      }
      Snapshot busy = throttle.snapshot();
      assertThat(busy.waiting()).isEqualTo(4);
      assertThat(busy.running()).isEqualTo(1);
      assertThat(busy.available()).isZero();
      assertThat(busy.granted()).isEqualTo(1);
      assertThat(busy.untilNextStart()).contains(Duration.ofMillis(1_600));
      assertThat(busy.nextStart()).contains(scene.time.instant().plusMillis(1_600));
      assertThat(busy.idle()).isFalse();
      assertThat(throttle.isLocked()).isTrue();

      permit.close();
      scene.sleep(Duration.ofMillis(1_600));
      Snapshot later = throttle.snapshot();
      assertThat(later.waiting()).isZero();
      assertThat(later.running()).isEqualTo(4);
      assertThat(later.granted()).isEqualTo(5);
      assertThat(later.waited()).isEqualTo(Duration.ofMillis(3 * 600 + 1_600));
      assertThat(throttle.toString()).isEqualTo("api[3/s, 9/m from end]");
    });
  }

  @Test
  void aThrottleIsLockedIfAndOnlyIfACallerWouldHaveToWait() throws Exception {
    Scene.play(scene -> {
      Throttle throttle =
          scene.throttle().rate("3/s").spacing(Duration.ofMillis(100)).concurrency(4).build();
      java.util.Random random = new java.util.Random(5);
      for (int i = 0; i < 1_000; i++) {
        boolean locked = throttle.isLocked();
        java.util.Optional<Permit> permit = throttle.tryAcquire();
        assertThat(permit.isPresent()).as("step %d", i).isEqualTo(!locked);
        permit.ifPresent(
            p -> scene.time.schedule(scene.now() + random.nextInt(2_000_000_000), p::close));
        scene.sleep(random.nextInt(200_000_000));
      }
    });
  }

  @Test
  void idleMeansThatAFreshOneWouldBehaveTheSame() throws Exception {
    Scene.play(scene -> {
      Throttle throttle =
          scene
              .throttle()
              .rate("3/s")
              .tokenBucket("1/s", 5)
              .spacing(Duration.ofMillis(100))
              .concurrency(4)
              .build();
      Permit permit = throttle.acquire(2);
      scene.sleep(Duration.ofSeconds(9));
      assertThat(throttle.snapshot().idle()).isFalse();
      permit.close();
      assertThat(throttle.snapshot().idle()).isTrue();
      throttle.acquire(2).close();
      scene.sleep(Duration.ofSeconds(2).minusNanos(1));
      assertThat(throttle.snapshot().idle()).isFalse();
      scene.sleep(1);
      assertThat(throttle.snapshot().idle()).isTrue();
    });
  }

  @Test
  void aSnapshotHoldsValuesThroughWhichNothingCanBeChanged() throws Exception {
    Scene.play(scene -> {
      Throttle throttle =
          scene
              .throttle()
              .rate("3/s")
              .tokenBucket("9/m", 5)
              .spacing("100/s")
              .concurrency(4)
              .budget("tokens", Rate.parse("50/m"), Counted.FROM_END)
              .build();
      List<LimitSnapshot> limits = throttle.snapshot().rules();
      assertThat(limits)
          .hasToString("[3/s, bucket 9/m with 5, spaced 100/s, 4 at once, tokens 50/m from end]");
      assertThat(limits).isEqualTo(throttle.snapshot().rules());
      assertThat(limits.getLast())
          .isEqualTo(
              new LimitSnapshot(
                  "rate",
                  Optional.empty(),
                  "tokens",
                  "50/m from end",
                  50,
                  Optional.of(Rate.parse("50/m")),
                  Optional.of(Counted.FROM_END)));
      assertThat(limits.get(3).capacity()).isEqualTo(4);
      for (RecordComponent part : LimitSnapshot.class.getRecordComponents()) {
        assertThat(part.getType()).isIn(String.class, long.class, Optional.class);
      }
      assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(limits::clear);
    });
  }
}
