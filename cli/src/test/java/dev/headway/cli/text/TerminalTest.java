package dev.headway.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TerminalTest {

  @ParameterizedTest
  @CsvSource({"24 80, 80", "24 133, 133", "0 0, 80", "'', 80", "24 999999999999, 80"})
  void the_columns_are_the_second_number_or_else_80(String size, int columns) {
    assertThat(Terminal.columns(size)).isEqualTo(columns);
  }
}
