package dev.headway.cli.fetch;

import dev.headway.cli.option.FetchOutputOptions;
import dev.headway.cli.request.Secrets;
import dev.headway.cli.text.JsonLines;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/** How results are written. Used by one thread. */
interface ResultFormat {

  /**
   * As options say, to a stream.
   *
   * @param paged whether results have pages
   */
  static ResultFormat of(
      FetchOutputOptions options, OutputStream output, Secrets secrets, boolean paged) {
    ResultFields fields = new ResultFields(options.headers(), options.selections(), secrets);
    return switch (options.format()) {
      case JSONL -> {
        JsonLines lines = new JsonLines(output);
        yield result -> {
          lines.write(fields.of(result));
          return Optional.empty();
        };
      }
      case OPENAI_BATCH -> new BatchResults(output);
      case CSV -> new CsvResults(output, fields, options, paged);
    };
  }

  /**
   * Writes a result.
   *
   * @return what is to be said of it at once, if anything is
   * @throws IOException if it cannot be written
   */
  Optional<String> write(Result result) throws IOException;
}
