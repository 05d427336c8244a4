package dev.headway.cli.vendor;

/**
 * Counts what a server's limit has taken. It is handed the time, which must not go backwards, and
 * is not safe for use by several threads.
 */
interface Meter {

  /** The most that it holds. */
  long limit();

  /** How much more it would take at this instant; 0 where it is overdrawn. */
  long remaining(long now);

  /** The nanoseconds until there is room for an amount that is at most {@link #limit}. */
  long untilRoom(long now, long amount);

  /** The nanoseconds until nothing of it is used. */
  long untilReset(long now);

  /** Takes an amount for which there is room. */
  void take(long now, long amount);

  /** Gives back a part of what was taken. */
  void giveBack(long now, long amount);
}
