package dev.headway.cli.resume;

import java.util.BitSet;

/**
 * The numbers that results have for ids, so that no two have the same where lines were inserted or
 * removed between two runs: one bit each. Numbers above a hundred million, which must be ids of the
 * user's own, are not kept.
 */
final class Numbers {

  private static final long MOST = 100_000_000;

  private final BitSet used = new BitSet();

  /** The numbers of lines whose results have others. */
  private final BitSet free = new BitSet();

  /** A result has a number. */
  void use(long number) {
    if (number > 0 && number <= MOST) {
      used.set((int) number);
    }
  }

  /** The line of a number has a result. */
  void pass(long number) {
    if (number > 0 && number <= MOST && !used.get((int) number)) {
      free.set((int) number);
    }
  }

  /**
   * The number for the result of a line that has none: the line's own, or else that of a line whose
   * result has another, or else the next one.
   */
  long choose(long number) {
    if (number > MOST) {
      return number;
    }
    int chosen = (int) number;
    if (used.get(chosen)) {
      int passed = free.nextSetBit(0);
      chosen = passed >= 0 ? passed : used.length();
    }
    free.clear(chosen);
    used.set(chosen);
    return chosen;
  }
}
