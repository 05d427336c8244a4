package dev.headway.bench;

/** How long to measure. */
public enum Effort {
  /** All there is, for the document. */
  FULL,
  /** A part of it in a short time, to notice what has become far worse. */
  QUICK;

  /** One value or the other. */
  public int choose(int full, int quick) {
    return this == FULL ? full : quick;
  }
}
