package dev.headway.cli.practice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.cli.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class DemoCommandTest {

  @Test
  @Timeout(30)
  void with_a_throttle_nothing_is_refused_and_it_says_so_in_80_columns() {
    StringWriter out = new StringWriter();
    int status = Main.commandLine().setOut(new PrintWriter(out)).execute("demo");

    assertThat(status).isEqualTo(0);
    assertThat(out.toString())
        .containsPattern("answers +200 +200\\R")
        .containsPattern("requests sent +[2-9]\\d\\d +200\\R")
        .containsPattern("refused with 429 +[1-9]\\d* +0\\R");
    assertThat(out.toString().lines()).allMatch(line -> line.length() <= 80);
  }
}
