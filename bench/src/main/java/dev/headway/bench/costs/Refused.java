package dev.headway.bench.costs;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Counts the refused calls of a thread; none is expected. */
@AuxCounters(AuxCounters.Type.EVENTS)
@State(Scope.Thread)
public class Refused {

  /** The number of refused calls. */
  public long refused;

  /** The number of granted calls. */
  public long granted;

  boolean unless(boolean succeeded) {
    if (succeeded) {
      granted++;
    } else {
      refused++;
    }
    return succeeded;
  }
}
