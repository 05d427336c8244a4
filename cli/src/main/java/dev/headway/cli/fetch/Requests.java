package dev.headway.cli.fetch;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The lines that ask for something: neither blank nor a comment. */
final class Requests implements Iterator<Line> {

  private final Iterator<Line> lines;
  private @Nullable Line next;

  Requests(Iterator<Line> lines) {
    this.lines = lines;
  }

  @Override
  public boolean hasNext() {
    while (next == null && lines.hasNext()) {
      Line line = lines.next();
      boolean asks = line.fault().isPresent() || asks(line.text());
      next = asks ? line : null;
    }
    return next != null;
  }

  private static boolean asks(String text) {
    return !text.isBlank() && !text.stripLeading().startsWith("#");
  }

  @Override
  public Line next() {
    Line line = hasNext() ? next : null;
    next = null;
    if (line == null) {
      throw new NoSuchElementException();
    }
    return line;
  }
}
