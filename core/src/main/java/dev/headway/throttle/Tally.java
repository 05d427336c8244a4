package dev.headway.throttle;

/** How much of one currency runs, and how much is waited for. */
final class Tally {
  long running;
  long waiting;
}
