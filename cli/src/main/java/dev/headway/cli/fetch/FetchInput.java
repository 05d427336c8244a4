package dev.headway.cli.fetch;

import dev.headway.cli.job.Source;
import dev.headway.cli.option.FileArguments;
import dev.headway.cli.option.InputOptions;
import dev.headway.cli.option.UsageException;
import dev.headway.cli.request.Line;
import dev.headway.cli.request.LineFormat;
import dev.headway.cli.request.ReadAhead;
import dev.headway.cli.request.Request;
import dev.headway.cli.request.RequestReader;
import dev.headway.cli.text.FileErrors;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The lines that a run reads.
 *
 * @param from the file they are in
 * @param format how it is read
 * @param stream what is read
 * @param lines the lines that ask for something
 */
record FetchInput(Path from, Optional<LineFormat> format, InputStream stream, Iterator<Line> lines)
    implements Closeable {

  /** No lines. */
  static FetchInput none() {
    return of(List.of());
  }

  private static FetchInput of(List<Line> lines) {
    return new FetchInput(
        FileArguments.STANDARD, Optional.empty(), InputStream.nullInputStream(), lines.iterator());
  }

  /**
   * Opens the input that options name, and checks that lines have what all requests need.
   *
   * @param argument the argument that names a file, if there is one
   * @param url the one URL to fetch instead, if it is the argument
   * @throws UsageException if it cannot be opened, or the first line lacks something
   * @throws IOException if it cannot be closed
   */
  static FetchInput open(
      InputOptions options,
      @Nullable Path argument,
      Optional<String> url,
      RequestReader reader,
      InputStream standardInput)
      throws IOException {
    if (url.isPresent()) {
      return of(List.of(Line.of(1, "")));
    }
    Path from = options.input(argument);
    LineFormat format = LineFormat.of(options);
    InputStream stream = FileArguments.open(from, standardInput);
    ReadAhead lines = format.read(stream);
    FetchInput input = new FetchInput(from, Optional.of(format), stream, lines);
    try {
      reader.check(lines, format);
      return input;
    } catch (IllegalArgumentException e) {
      input.close();
      throw new UsageException(String.valueOf(e.getMessage()), e);
    } catch (UncheckedIOException e) {
      input.close();
      throw new IOException(
          "cannot read the input: " + FileErrors.reason(FileErrors.underneath(e)), e);
    }
  }

  /** The requests of the lines. */
  Source<Request> source(RequestReader reader) {
    return new Source<>(
        reader.readAll(lines),
        ResultWriter.IDENTITY,
        format
            .filter(counted -> Files.isRegularFile(from))
            .map(counted -> () -> counted.count(from)));
  }

  @Override
  public void close() throws IOException {
    if (lines instanceof ReadAhead ahead) {
      ahead.close();
    }
    stream.close();
  }
}
