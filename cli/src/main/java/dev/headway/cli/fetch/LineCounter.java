package dev.headway.cli.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;

/** Counts the requests of a file ahead of the run, so that the time left can be told. */
final class LineCounter {

  private LineCounter() {}

  static long count(Path file) throws IOException {
    try (InputStream input = Files.newInputStream(file);
        LineReader lines = new LineReader(input)) {
      long count = 0;
      for (Iterator<Line> requests = new Requests(lines); requests.hasNext(); requests.next()) {
        count++;
      }
      return count;
    }
  }
}
