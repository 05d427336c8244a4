package dev.headway.bench.exact;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** The notes of callers, in order of their grants, in nanoseconds of one clock. */
final class Grants {

  private final long[] asked;
  private final long[] granted;
  private final long[] closing;

  /**
   * One grant of a caller.
   *
   * @param asked when it called acquire
   * @param granted when it resumed
   * @param closing when it was about to close its permit
   */
  record Grant(long asked, long granted, long closing) {}

  private final long end;

  private Grants(List<Grant> sorted, long end) {
    this.end = end;
    this.asked = sorted.stream().mapToLong(Grant::asked).toArray();
    this.granted = sorted.stream().mapToLong(Grant::granted).toArray();
    this.closing = sorted.stream().mapToLong(Grant::closing).toArray();
  }

  /** Sorts them, without those from {@code end} on. */
  static Grants of(Collection<Grant> grants, long end) {
    return new Grants(
        grants.stream()
            .filter(grant -> grant.granted - end < 0)
            .sorted(Comparator.comparingLong(Grant::granted))
            .toList(),
        end);
  }

  /** The end of the measurement. */
  long end() {
    return end;
  }

  int count() {
    return granted.length;
  }

  /** When the caller of grant {@code i} asked. */
  long asked(int i) {
    return asked[i];
  }

  /** When the caller of grant {@code i} resumed. */
  long granted(int i) {
    return granted[i];
  }

  /** When each caller resumed, in order. */
  long[] granted() {
    return granted.clone();
  }

  /** When permits were about to be closed, in order. */
  long[] closing() {
    long[] sorted = closing.clone();
    Arrays.sort(sorted);
    return sorted;
  }
}
