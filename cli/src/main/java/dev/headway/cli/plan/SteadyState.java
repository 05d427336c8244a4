package dev.headway.cli.plan;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Finds out when a simulated run of equal requests repeats itself.
 *
 * <p>The algorithm. What limits allow depends on the starts that they remember and, for a token
 * bucket, on how full it is. So the run is in the same state after two starts if the starts before
 * them have the same distances for as long as a limit remembers, and each limit lets as much start
 * after the same time. Each start is compared with an earlier one; that moves on when the distance
 * has doubled, as in R. P. Brent, "An improved Monte Carlo factorization algorithm" (1980).
 */
final class SteadyState {

  /** How many starts are remembered; a longer cycle is not found. */
  private static final int MOST = 1 << 22;

  private static final int FIRST_CAPACITY = 1024;

  private final long memoryNanos;
  private long[] starts = new long[FIRST_CAPACITY];
  private String[] heldBy = new String[FIRST_CAPACITY];
  private int size;
  private int compared;
  private int mark = -1;
  private long[] markState = {};
  private long distance = 1;

  /**
   * For a run that has not begun.
   *
   * @param memoryNanos after this time a start has no effect
   */
  SteadyState(long memoryNanos) {
    this.memoryNanos = memoryNanos;
  }

  /** A request has started. */
  void started(long at, String by) {
    if (size == MOST) {
      return;
    }
    if (size == starts.length) {
      starts = Arrays.copyOf(starts, 2 * size);
      heldBy = Arrays.copyOf(heldBy, 2 * size);
    }
    starts[size] = at;
    heldBy[size++] = by;
  }

  /**
   * What the run has done since it was in the same state before, if it was.
   *
   * @param state all else that the future depends on, relative to the last start
   */
  Optional<Cycle> find(Supplier<long[]> state) {
    if (size == compared || size == MOST) {
      return Optional.empty();
    }
    compared = size;
    int last = size - 1;
    if (mark >= 0 && isSame(last) && Arrays.equals(state.get(), markState) && isSameBefore(last)) {
      return Optional.of(since(last));
    }
    boolean remembersAll = memoryNanos == 0 || starts[last] > memoryNanos;
    if (mark < 0 ? remembersAll : last - mark >= distance) {
      distance = mark < 0 ? 1 : 2 * distance;
      mark = last;
      markState = state.get();
    }
    return Optional.empty();
  }

  private boolean isSame(int last) {
    return last > 0
        && mark > 0
        && starts[last] - starts[last - 1] == starts[mark] - starts[mark - 1]
        && heldBy[last].equals(heldBy[mark]);
  }

  private boolean isSameBefore(int last) {
    for (int i = 0; i <= mark && starts[mark] - starts[mark - i] <= memoryNanos; i++) {
      if (starts[last] - starts[last - i] != starts[mark] - starts[mark - i]
          || !heldBy[last - i].equals(heldBy[mark - i])) {
        return false;
      }
    }
    return true;
  }

  private Cycle since(int last) {
    long[] relative = Arrays.copyOfRange(starts, mark + 1, last + 1);
    for (int i = 0; i < relative.length; i++) {
      relative[i] -= starts[mark];
    }
    return new Cycle(relative, Arrays.copyOfRange(heldBy, mark + 1, last + 1));
  }
}
