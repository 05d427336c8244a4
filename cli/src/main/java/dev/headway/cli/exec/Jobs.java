package dev.headway.cli.exec;

import dev.headway.cli.lines.Line;
import java.util.Iterator;

/** Numbers the lines that ask for something. */
final class Jobs implements Iterator<Job> {

  private final Iterator<Line> lines;
  private long number;

  Jobs(Iterator<Line> lines) {
    this.lines = lines;
  }

  @Override
  public boolean hasNext() {
    return lines.hasNext();
  }

  @Override
  public Job next() {
    return new Job(++number, lines.next());
  }
}
