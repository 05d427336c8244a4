package dev.headway.cli.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ProgressLinesTest {

  private static Score score(long succeeded, boolean waits) {
    Score.Wait wait = new Score.Wait(Instant.now(), Duration.ofHours(1), Duration.ofHours(23));
    return new Score(
        OptionalLong.of(9),
        0,
        succeeded,
        0,
        0,
        Duration.ofHours(2),
        Optional.of(wait).filter(each -> waits));
  }

  @Test
  void a_wait_that_a_server_asks_for_makes_a_line_each_minute_while_nothing_ends() {
    try (ProgressLines lines =
        new ProgressLines(new PrintWriter(new StringWriter()), () -> score(0, false))) {
      assertThat(dueOf(lines, 25, score(1, true))).isEqualTo(3);
      assertThat(lines.isDue(score(2, true))).isTrue();
      assertThat(dueOf(lines, 25, score(2, false))).isEqualTo(25);
    }
  }

  private static long dueOf(ProgressLines lines, int times, Score score) {
    return IntStream.range(0, times).filter(each -> lines.isDue(score)).count();
  }
}
