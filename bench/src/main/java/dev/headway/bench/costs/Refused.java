package dev.headway.bench.costs;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Counts the calls of a thread that were refused: none should be. */
@AuxCounters(AuxCounters.Type.EVENTS)
@State(Scope.Thread)
public class Refused {

  /** How many were. */
  public long refused;

  /** How many were not. */
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
