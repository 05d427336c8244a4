package dev.headway.cli.fetch;

import dev.headway.cli.option.FetchOutputOptions;
import dev.headway.cli.option.Selection;
import dev.headway.cli.text.CsvLines;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Writes results as a table. The first result decides which fields of lines have a column; parts
 * that are selected have a column each.
 */
final class CsvResults implements ResultFormat {

  private static final String SELECTED = "selected";

  private final CsvLines rows;
  private final ResultFields fields;
  private final FetchOutputOptions options;
  private final boolean paged;
  private final Set<String> reported = new TreeSet<>();

  CsvResults(OutputStream output, ResultFields fields, FetchOutputOptions options, boolean paged) {
    this.paged = paged;
    this.rows = new CsvLines(output);
    this.fields = fields;
    this.options = options;
  }

  @Override
  public Optional<String> write(Result result) throws IOException {
    if (rows.isEmpty()) {
      rows.begin(columns(result));
    }
    Map<String, @Nullable Object> row = new LinkedHashMap<>(fields.of(result));
    if (row.remove(SELECTED) instanceof Map<?, ?> parts) {
      parts.forEach((name, part) -> row.put(String.valueOf(name), part));
    }
    row.remove("requestHash");
    if (!options.writesHeaders()) {
      row.remove("headers");
    }
    List<String> left = rows.write(row);
    return left.stream()
        .filter(reported::add)
        .findFirst()
        .map(field ->
            result
                .request()
                .line()
                .because(
                    "\"" + field + "\" has no column: the first result decides which there are"));
  }

  private List<String> columns(Result first) {
    List<String> columns = new ArrayList<>(List.of("id", "url"));
    columns.addAll(fields.carried(first).keySet());
    columns.addAll(List.of("status", "attempts", "startedAt", "waitedMs", "tookMs", "error"));
    if (first.charge().isPresent()) {
      columns.addAll(List.of("usage", "cost"));
    }
    if (options.writesHeaders()) {
      columns.add("headers");
    }
    options.selections().stream().map(Selection::name).forEach(columns::add);
    if (paged) {
      columns.addAll(List.of("pages", "morePages", "bodies"));
    }
    if (options.bodies().isPresent()) {
      columns.add("bodyFile");
    } else {
      columns.addAll(List.of("body", "bodyBase64"));
    }
    return columns;
  }
}
