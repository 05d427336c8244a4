package dev.headway.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import dev.headway.time.TimeSource;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class SimulatedTimeTest {

  private final SimulatedTime time = new SimulatedTime(Instant.parse("2026-01-01T00:00:00Z"));

  @Test
  void whoever_waits_lets_time_pass() throws InterruptedException {
    Throttle throttle = Throttle.builder().rate("1/s").timeSource(time).build();
    for (int i = 0; i < 10; i++) {
      try (Permit permit = throttle.acquire()) {
        assertThat(time.nanoTime()).isEqualTo(TimeUnit.SECONDS.toNanos(i));
        assertThat(permit.cost().permits()).isEqualTo(1);
      }
    }
    assertThat(time.instant()).isEqualTo(Instant.parse("2026-01-01T00:00:09Z"));
  }

  @Test
  void what_happens_before_a_deadline_comes_first() {
    boolean[] rung = {false};
    time.schedule(5, () -> rung[0] = true);
    time.park(this, 9);
    assertThat(rung[0]).isTrue();
    assertThat(time.nanoTime()).isEqualTo(5);
    time.park(this, 9);
    assertThat(time.nanoTime()).isEqualTo(9);
  }

  @Test
  void nobody_waits_for_what_will_never_happen() {
    assertThatIllegalStateException().isThrownBy(() -> time.park(this, TimeSource.NEVER));
  }
}
