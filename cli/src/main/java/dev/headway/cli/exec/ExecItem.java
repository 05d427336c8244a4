package dev.headway.cli.exec;

import dev.headway.cli.request.Line;
import java.util.Iterator;

/**
 * One line of the input as a command has it.
 *
 * @param number which it is of those that ask for something, from 1
 * @param id the id to report it by: the number of the line, or another one if an earlier run's
 *     result has that
 */
record ExecItem(long number, Line line, long id) {

  ExecItem(long number, Line line) {
    this(number, line, line.number());
  }

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
