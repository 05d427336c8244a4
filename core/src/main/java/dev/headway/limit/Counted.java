package dev.headway.limit;

/** The instant from which a permit counts against a rate. */
public enum Counted {
  /** A permit's place in the window comes back one period after the permit was granted. */
  FROM_START,

  /**
   * A permit's place in the window comes back one period after the permit was closed.
   *
   * <p>Whatever happens while a permit is held is then limited too, and that is what a server sees:
   * however long the network takes in between, no period holds more than the rate allows.
   */
  FROM_END
}
