package dev.headway.throttle;

/** What has become of callers. Used under their gate's guard. */
final class Totals {
  long waiting;
  long running;
  long granted;
  long refused;
  long abandoned;
  long waitedNanos;
}
