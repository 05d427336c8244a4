package dev.headway.cli.exec;

import dev.headway.cli.request.Line;
import java.util.Iterator;

/**
 * One line of the input as a command has it.
 *
 * @param number which it is of those that ask for something, from 1
 */
record ExecItem(long number, Line line) {

  /** The lines, numbered. */
  static Iterator<ExecItem> all(Iterator<Line> lines) {
    return new Iterator<>() {
      private long number;

      @Override
      public boolean hasNext() {
        return lines.hasNext();
      }

      @Override
      public ExecItem next() {
        return new ExecItem(++number, lines.next());
      }
    };
  }
}
