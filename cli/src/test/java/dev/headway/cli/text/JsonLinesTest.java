package dev.headway.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

final class JsonLinesTest {

  private static String written(String text) throws IOException {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    new JsonLines(output).write(Map.of("body", text));
    return output.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "=1+1",
        "a,=cmd|' /C calc'!A0",
        "a;+1+1;-1;@SUM(A1)",
        "a\t=1",
        "a\n=1",
        "a\",=1+1,\"",
        "[1,-2,[-3]]",
        "Ünï,=ödé",
      })
  void no_cell_of_a_sheet_is_a_formula_and_the_text_is_the_same(String text) throws IOException {
    String line = written(text);

    assertThat(JsonMapper.shared().readTree(line).get("body").asString()).isEqualTo(text);
    for (char separator : new char[] {',', ';', '\t', '|'}) {
      // As lenient as a sheet that takes a quote within a cell for one.
      try (CsvReader<CsvRecord> rows =
          CsvReader.builder().fieldSeparator(separator).quoteCharacter('\0').ofCsvRecord(line)) {
        for (CsvRecord row : rows) {
          assertThat(row.getFields()).noneMatch(cell -> cell.matches("[=+@-].*"));
        }
      }
    }
  }

  @Test
  void numbers_are_as_they_are() throws IOException {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    new JsonLines(output).write(Map.of("n", List.of("\\\",-1", -2, List.of(-3))));

    assertThat(output.toString(StandardCharsets.UTF_8))
        .isEqualTo("{\"n\":[\"\\\\\\\",\\u002d1\",-2,[-3]]}\n");
  }

  @Test
  void other_lines_are_as_they_are() throws IOException {
    assertThat(written("a = b, c-d")).isEqualTo("{\"body\":\"a = b, c-d\"}\n");
  }
}
