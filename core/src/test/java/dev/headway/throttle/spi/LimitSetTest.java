package dev.headway.throttle.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.limit.Cost;
import dev.headway.limit.Limit;
import java.util.List;
import org.junit.jupiter.api.Test;

class LimitSetTest {

  @Test
  void aPauseIsPutOffAndNeverShortened() {
    LimitSet limits = new LimitSet(List.of());
    assertThat(limits.idle(0)).isTrue();
    limits.pauseUntil(10);
    limits.pauseUntil(5);
    assertThat(limits.readyAt(1, Cost.one())).isEqualTo(10);
    assertThat(limits.readyAt(11, Cost.one())).isEqualTo(11);
    limits.pauseUntil(Limit.NEVER - 1);
    assertThat(limits.readyAt(11, Cost.one())).isEqualTo(Limit.NEVER - 1);
    assertThat(limits.idle(11)).isFalse();
    limits.resume();
    assertThat(limits.readyAt(11, Cost.one())).isEqualTo(11);
    assertThat(limits.idle(11)).isTrue();
  }

  @Test
  void limitsThatAreClosedStayClosed() {
    LimitSet limits = new LimitSet(List.of());
    limits.closeForever();
    limits.resume();
    assertThat(limits.isClosed()).isTrue();
    assertThat(limits.startIfReady(1, Cost.one())).isFalse();
  }
}
