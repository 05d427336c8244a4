package dev.headway.cli.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

final class ConvertersTest {

  private final Converters.OfDuration converter = new Converters.OfDuration();

  @ParameterizedTest
  @ValueSource(strings = {"40", " 3 "})
  void a_rate_without_a_period_is_told_what_to_write(String text) {
    assertThatExceptionOfType(TypeConversionException.class)
        .isThrownBy(() -> new Converters.OfRate().convert(text))
        .withMessage(
            "\"" + text + "\" has no period; write " + text.strip() + "/s, 100/m or 12/37m");
  }

  @Test
  void reads_an_amount_with_its_unit() {
    assertThat(converter.convert("250ms")).isEqualTo(Duration.ofMillis(250));
    assertThat(converter.convert("2s")).isEqualTo(Duration.ofSeconds(2));
    assertThat(converter.convert("1.5s")).isEqualTo(Duration.ofMillis(1_500));
    assertThat(converter.convert("1m")).isEqualTo(Duration.ofMinutes(1));
    assertThat(converter.convert("0.5 H")).isEqualTo(Duration.ofMinutes(30));
    assertThat(converter.convert("0s")).isEqualTo(Duration.ZERO);
    assertThat(converter.convert("2 weeks")).isEqualTo(Duration.ofDays(14));
    assertThat(converter.convert("7us")).isEqualTo(Duration.ofNanos(7_000));
  }

  @Test
  void reads_iso_8601() {
    assertThat(converter.convert("PT2S")).isEqualTo(Duration.ofSeconds(2));
    assertThat(converter.convert("pt1m0.5s")).isEqualTo(Duration.ofMillis(60_500));
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
        "0.0000000001s",
        "999999999999h",
        "PT9999999999H"
      })
  void anything_else_is_quoted_with_what_is_allowed(String text) {
    assertThatExceptionOfType(TypeConversionException.class)
        .isThrownBy(() -> converter.convert(text))
        .withMessageContainingAll("'" + text + "'", "250ms", "PT2S");
  }
}
