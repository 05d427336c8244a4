package dev.headway;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Two numbers that share their cache line with nothing else, so that who reads them often does not
 * wait for what others write beside them.
 */
final class Alone {

  private static final int LINE = 16;

  private final AtomicLongArray line = new AtomicLongArray(3 * LINE);

  long first() {
    return line.get(LINE);
  }

  void first(long value) {
    line.set(LINE, value);
  }

  long second() {
    return line.get(LINE + 1);
  }

  void second(long value) {
    line.set(LINE + 1, value);
  }
}
