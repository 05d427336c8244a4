package dev.headway.cli.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
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
  void the_end_is_told_with_what_was_made_again() {
    assertThat(half.summary())
        .isEqualTo("150 of 300 done in 5.0 s: 148 succeeded, 2 failed, 3 attempts made again");
    assertThat(
            new Score(OptionalLong.empty(), 0, 9, 0, 1, Duration.ofMinutes(61), Optional.empty())
                .summary())
        .isEqualTo("9 done in 1 h 01 min: 9 succeeded, 0 failed, 1 attempt made again");
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
