package dev.headway.cli.lines;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The lines that ask for something. One that has a fault does, since something has to be said. */
public final class Asking implements Iterator<Line> {

  private final Iterator<Line> lines;
  private final Predicate<Line> which;
  private @Nullable Line next;

  /** Those of some lines that a predicate is true of. */
  public Asking(Iterator<Line> lines, Predicate<Line> which) {
    this.lines = lines;
    this.which = which;
  }

  @Override
  public boolean hasNext() {
    while (next == null && lines.hasNext()) {
      Line line = lines.next();
      next = line.fault().isPresent() || which.test(line) ? line : null;
    }
    return next != null;
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
