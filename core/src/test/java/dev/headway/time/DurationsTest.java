package dev.headway.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

  @ParameterizedTest
  @CsvSource({
    "7ns, PT0.000000007S",
    "7us, PT0.000007S",
    "7µs, PT0.000007S",
    "250ms, PT0.25S",
    "1.5s, PT1.5S",
    "1 min, PT1M",
    "90 minutes, PT1H30M",
    "0.5 H, PT30M",
    "3d, PT72H",
    "2 weeks, PT336H",
    "0s, PT0S",
    "pt1m0.5s, PT1M0.5S"
  })
  void readsADurationAsPeopleWriteIt(String text, Duration duration) {
    assertThat(Durations.parse(text)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "5",
        "s",
        "-1s",
        "PT-1S",
        "1,5s",
        "1.s",
        "1e3s",
        "2 fortnights",
        "0.1ns",
        "999999h9"
      })
  void quotesWhatIsNoDurationAndSaysWhatIs(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Durations.parse(text))
        .withMessageContainingAll("'" + text + "'", "250ms", "ns, us, ms, s, m, h, d or w");
  }

  @ParameterizedTest
  @ValueSource(strings = {"293y", "107000d", "PT9999999999H", "99999999999999999999999s"})
  void refusesADurationThatIsTooLong(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Durations.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "PT0S, 0 s",
    "PT0.000000007S, 7 ns",
    "PT0.0000015S, 1.5 us",
    "PT0.25S, 250 ms",
    "PT0.0421234S, 42.123 ms",
    "PT3S, 3 s",
    "PT59.9999S, 59.999 s",
    "PT1M, 1 min",
    "PT59M58.7S, 59 min 58 s",
    "PT3H20M, 3 h 20 min",
    "PT24H, 1 d",
    "PT52H, 2 d 4 h",
    "-PT1.5S, -1.5 s"
  })
  void printsADurationAsPeopleWriteIt(Duration duration, String text) {
    assertThat(Durations.print(duration)).isEqualTo(text);
  }

  @Test
  void printsDurationsOfAnyLength() {
    assertThat(Durations.print(Duration.ofSeconds(Long.MAX_VALUE))).startsWith("106751991167300 d");
    assertThat(Durations.print(Duration.ofSeconds(Long.MIN_VALUE)))
        .startsWith("-106751991167300 d");
  }

  @ParameterizedTest
  @CsvSource({"PT37M, 37m", "PT0.5S, 500ms", "PT1S, 1s", "PT48H, 2d", "PT336H, 14d", "PT0S, 0s"})
  void printsADurationSoThatItCanBeReadBack(Duration duration, String text) {
    assertThat(Durations.compact(duration)).isEqualTo(text);
    assertThat(Durations.parse(text)).isEqualTo(duration);
  }

  @Test
  void arithmeticEndsAtTheLargestNumber() {
    assertThat(Durations.plus(Long.MAX_VALUE, 1)).isEqualTo(Long.MAX_VALUE);
    assertThat(Durations.plus(Long.MIN_VALUE, -1)).isEqualTo(Long.MIN_VALUE);
    assertThat(Durations.minus(Long.MIN_VALUE, 1)).isEqualTo(Long.MIN_VALUE);
    assertThat(Durations.minus(0, Long.MIN_VALUE)).isEqualTo(Long.MAX_VALUE);
    assertThat(Durations.later(TimeSource.NEVER - 5, 10)).isEqualTo(TimeSource.NEVER - 1);
    assertThat(Durations.later(-5, 10)).isEqualTo(5);
    assertThat(Durations.times(1L << 40, 1L << 40)).isEqualTo(TimeSource.NEVER - 1);
    assertThat(Durations.times(-(1L << 40), 1L << 40)).isEqualTo(-(TimeSource.NEVER - 1));
    assertThat(Durations.times(3, 7)).isEqualTo(21);
    assertThat(Durations.after(5, Duration.ofSeconds(-1))).isEqualTo(5);
    assertThat(Durations.after(5, Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(TimeSource.NEVER);
    assertThat(Durations.nanos(Instant.MAX)).isEqualTo(Long.MAX_VALUE);
    assertThat(Durations.nanos(Duration.ofSeconds(Long.MIN_VALUE))).isEqualTo(Long.MIN_VALUE);
  }
}
