package dev.headway.cli.lines;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.function.Function;
import java.util.function.Predicate;

/** Counts what a file asks for ahead of the run, so that the time left can be told. */
public final class LineCounter {

  private LineCounter() {}

  /**
   * Counts in a file.
   *
   * @param source the lines of an input
   * @param which those lines that ask for something
   */
  public static long count(
      Path file, Function<InputStream, ReadAhead.Source> source, Predicate<Line> which)
      throws IOException {
    try (InputStream input = Files.newInputStream(file);
        ReadAhead lines = new ReadAhead(source.apply(input))) {
      long count = 0;
      for (Iterator<Line> asking = new Asking(lines, which); asking.hasNext(); asking.next()) {
        count++;
      }
      return count;
    }
  }
}
