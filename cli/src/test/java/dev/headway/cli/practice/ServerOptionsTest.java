package dev.headway.cli.practice;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class ServerOptionsTest {

  private static final ServerOptions OPTIONS = ServerOptions.ON_ANY_PORT;

  @Test
  void what_makes_no_sense_is_refused_with_the_value() {
    assertRefused(() -> OPTIONS.withPort(-1), "-1");
    assertRefused(() -> OPTIONS.withPort(65_536), "65536");
    assertRefused(() -> OPTIONS.withLatency(Duration.ofMillis(-5)), "PT-0.005S");
    assertRefused(() -> OPTIONS.withBusyEvery(-2), "busy-every");
    assertRefused(() -> OPTIONS.withDropEvery(-3), "drop-every");
    assertRefused(() -> OPTIONS.withQuota(0, Duration.ofSeconds(1)), "0");
    assertRefused(() -> OPTIONS.withQuota(1, Duration.ZERO), "PT0S");
    assertRefused(() -> OPTIONS.withQuota(1, Duration.ofSeconds(Long.MAX_VALUE)), "292 years");
  }

  private static void assertRefused(ThrowingCallable making, String quoted) {
    assertThatIllegalArgumentException().isThrownBy(making).withMessageContaining(quoted);
  }
}
