package dev.headway.cli.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ProgressBarTest {

  private static final Score HALF =
      new Score(OptionalLong.of(300), 0, 148, 2, 3, Duration.ofSeconds(5), Optional.empty());

  @Test
  void a_bar_stands_before_the_score_and_is_cut_to_the_width() {
    assertThat(HALF.bar(100))
        .isEqualTo("[==========>         ]  50 % 150 of 300 done, 2 failed, 30.0/s, 5.0 s left");
    assertThat(HALF.bar(40)).isEqualTo(HALF.bar(100).substring(0, 40));
  }

  @Test
  void a_message_takes_the_place_of_the_bar_and_the_end_leaves_nothing() throws Exception {
    StringWriter screen = new StringWriter();
    ProgressBar bar = new ProgressBar(new PrintWriter(screen), () -> 80, () -> HALF);
    awaitDrawn(screen, HALF.bar(79));

    bar.say("headway: said");
    bar.close();

    String wiped = "\r" + " ".repeat(HALF.bar(79).length()) + "\r";
    assertThat(screen.toString())
        .contains(wiped + "headway: said" + System.lineSeparator())
        .endsWith("\r");
  }

  @Test
  void all_lines_that_a_narrower_window_has_made_of_the_bar_are_wiped_away() throws Exception {
    StringWriter screen = new StringWriter();
    AtomicInteger asked = new AtomicInteger();
    String narrow = "\u001B[2A\r\u001B[J" + HALF.bar(29);
    try (ProgressBar bar =
        new ProgressBar(
            new PrintWriter(screen), () -> asked.getAndIncrement() < 2 ? 100 : 30, () -> HALF)) {
      // The drawing has 76 characters, which are three lines of 30: two of them are above the last.
      awaitDrawn(screen, narrow);
    }

    assertThat(screen.toString()).contains("\r" + HALF.bar(99) + narrow);
  }

  private static void awaitDrawn(StringWriter screen, String text) throws InterruptedException {
    while (!screen.toString().contains(text)) {
      Thread.sleep(10);
    }
  }
}
