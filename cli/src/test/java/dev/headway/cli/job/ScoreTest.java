package dev.headway.cli.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class ScoreTest {

  private final Score half =
      new Score(OptionalLong.of(300), 0, 148, 2, 3, Duration.ofSeconds(5), Optional.empty());

  @Test
  void what_is_not_known_is_left_out() {
    Score begun = new Score(OptionalLong.empty(), 0, 0, 0, 0, Duration.ZERO, Optional.empty());

    assertThat(begun.line()).isEqualTo("0 done, 0 failed, 0.0/s");
  }

  @Test
  void a_wait_that_a_server_asks_for_fits_into_a_bar_of_80_columns_and_is_part_of_the_time_left() {
    Score.Wait wait =
        new Score.Wait(Instant.now().plusSeconds(60), Duration.ofSeconds(2), Duration.ofMinutes(1));
    Score waits =
        new Score(OptionalLong.of(300), 0, 150, 0, 0, Duration.ofSeconds(5), Optional.of(wait));

    // The last 3 of 5 seconds made 150, and so will 3 seconds after the wait.
    assertThat(waits.bar(79))
        .matches(".* 150 of 300 done, waiting until \\d\\d:\\d\\d:\\d\\d, 0 fail.*");
    assertThat(waits.line())
        .matches("150 of 300 done, 0 failed, 30.0/s, 1 min 03 s left, waiting until .*");
  }

  @Test
  void the_end_is_told_with_what_was_made_again() {
    assertThat(half.summary())
        .isEqualTo("150 of 300 done in 5.0 s: 148 succeeded, 2 failed, 3 retries");
    assertThat(
            new Score(OptionalLong.empty(), 0, 9, 0, 1, Duration.ofMinutes(61), Optional.empty())
                .summary())
        .isEqualTo("9 done in 1 h 01 min: 9 succeeded, 0 failed, 1 retry");
  }

  @Test
  void what_was_done_before_counts_but_not_for_the_rate() {
    Score resumed =
        new Score(OptionalLong.of(300), 100, 145, 5, 0, Duration.ofSeconds(5), Optional.empty());

    assertThat(resumed.line()).isEqualTo("150 of 300 done, 5 failed, 10.0/s, 15.0 s left");
    assertThat(resumed.summary())
        .isEqualTo("150 of 300 done in 5.0 s, 100 of them before: 145 succeeded, 5 failed");
  }
}
