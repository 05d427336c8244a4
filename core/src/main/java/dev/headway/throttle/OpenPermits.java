package dev.headway.throttle;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The permits of a gate that are open, those that started first in front: for limits that are added
 * later. Used under its gate's guard.
 *
 * <p>Permits may be left open where limits count only starts. So one is forgotten once it is older
 * than what its limits count over, and the list is bounded by what starts in that time.
 *
 * <p>The algorithm: a doubly linked list through the permits themselves, so that nothing is
 * allocated and each change takes constant time.
 */
final class OpenPermits {

  private @Nullable LocalPermit oldest;
  private @Nullable LocalPermit newest;

  /** What started until then may have been forgotten. */
  private long forgottenUntil = Long.MIN_VALUE;

  /** Adds one that has just started, and forgets those that are too old. */
  void add(LocalPermit permit) {
    append(permit);
    LocalPermit first = oldest;
    while (first != null && permit.startedAt - first.startedAt > first.lane.rememberedFor()) {
      forgottenUntil = Math.max(forgottenUntil, first.startedAt);
      remove(first);
      first = oldest;
    }
  }

  private void append(LocalPermit permit) {
    LocalPermit last = newest;
    permit.listed = true;
    permit.previous = last;
    if (last == null) {
      oldest = permit;
    } else {
      last.next = permit;
    }
    newest = permit;
  }

  /** Takes out one that has ended, if it is not forgotten. */
  void remove(LocalPermit permit) {
    if (!permit.listed) {
      return;
    }
    LocalPermit before = permit.previous;
    LocalPermit after = permit.next;
    if (before == null) {
      oldest = after;
    } else {
      before.next = after;
    }
    if (after == null) {
      newest = before;
    } else {
      after.previous = before;
    }
    permit.previous = null;
    permit.next = null;
    permit.listed = false;
  }

  /** One has started again, at a later instant. */
  void restarted(LocalPermit permit) {
    if (permit.listed) {
      remove(permit);
      append(permit);
    }
  }

  /**
   * Open permits that a limit is to count which is added now.
   *
   * @param permits in the order in which they started
   * @param since all that started after this instant are among them
   */
  record Recent(List<LocalPermit> permits, long since) {}

  /** The recent ones of a lane's own rules. */
  Recent recent(Lane lane, long now) {
    long since = Math.max(now - lane.memory(), forgottenUntil);
    return new Recent(since(lane.own, since), since);
  }

  private List<LocalPermit> since(RuleSet level, long since) {
    List<LocalPermit> found = new ArrayList<>();
    for (LocalPermit permit = oldest; permit != null; permit = permit.next) {
      if (permit.startedAt > since && permit.lane.has(level)) {
        found.add(permit);
      }
    }
    return found;
  }
}
