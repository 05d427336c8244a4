package dev.headway.cli.option;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.ZonedDateTime;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;

final class RunOptionsTest {

  @Command
  private static final class Holder {
    @ArgGroup(validate = false)
    private final RunOptions options = new RunOptions();
  }

  @ParameterizedTest
  @CsvSource({
    "--until=18:00, PT1H",
    "--until=17:00, PT24H",
    "--until=16:59:30, PT23H59M30S",
    "--until=2026-01-31T17:00:05, PT5S",
    "--until=2026-01-31T18:00Z, PT2H",
    "--for=90m, PT90M",
    "--for=90m --until=18:00, PT1H",
  })
  void a_run_lasts_up_to_the_earliest_time_that_is_given(String options, Duration longest) {
    Holder holder = new Holder();
    new CommandLine(holder).parseArgs(options.split(" "));

    assertThat(holder.options.longest(ZonedDateTime.parse("2026-01-31T17:00+01:00[Europe/Paris]")))
        .contains(longest);
  }
}
