package dev.headway.cli.exec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.cli.text.Resources;
import org.junit.jupiter.api.Test;

final class WatchdogTest {

  @Test
  void a_kill_by_the_name_of_the_program_does_not_find_the_watchdog() {
    assertThat(Resources.text(Watchdog.class, "watchdog.sh")).doesNotContain("headway");
  }
}
