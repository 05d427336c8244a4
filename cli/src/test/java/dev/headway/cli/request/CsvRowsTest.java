package dev.headway.cli.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CsvRowsTest {

  private static List<Line> read(byte[] table) {
    List<Line> all = new ArrayList<>();
    try (ReadAhead rows =
        new ReadAhead(new CsvRows(new ByteArrayInputStream(table), ','), line -> true)) {
      rows.forEachRemaining(all::add);
    }
    return all;
  }

  private static List<Line> read(String table) {
    return read(table.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"id,name\n1,Ada\n2,Bob\n", "\uFEFFid,name\r\n1,Ada\r\n\r\n2,Bob"})
  void a_row_has_its_values_by_the_names_of_columns(String table) {
    assertThat(read(table))
        .extracting(Line::columns)
        .containsExactly(Map.of("id", "1", "name", "Ada"), Map.of("id", "2", "name", "Bob"));
  }

  @Test
  void a_value_may_hold_anything_in_quotes() {
    assertThat(read("a,b\n\"x, \"\"y\"\"\nz\",=1+2\n"))
        .extracting(Line::columns)
        .containsExactly(Map.of("a", "x, \"y\"\nz", "b", "=1+2"));
  }

  @Test
  void a_row_of_another_length_is_told_and_the_next_is_read() {
    List<Line> rows = read("a,b\n1\n2,3,4\n5,6\n");

    assertThat(rows.get(0).because(rows.get(0).fault().orElseThrow()))
        .isEqualTo("line 2: it has 1 values for 2 columns");
    assertThat(rows.get(1).fault()).contains("it has 3 values for 2 columns");
    assertThat(rows.get(2).columns()).isEqualTo(Map.of("a", "5", "b", "6"));
  }

  @Test
  void what_is_no_table_is_told() {
    byte[] binary = {'a', '\n', (byte) 0xC3, (byte) 0x28, '\n'};
    assertThatThrownBy(() -> read(binary))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("it is not UTF-8 text");
    assertThatThrownBy(() -> read("a,a\n1,2\n"))
        .hasMessageContaining("its first row does not name its columns");
    assertThatThrownBy(() -> read("a\n" + "x".repeat(TextLines.LONGEST + 1)))
        .hasMessageContaining("maximum buffer size of 16777216");
    assertThat(read("")).isEmpty();
  }
}
