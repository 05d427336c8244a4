package dev.headway.bench;

/** The effort of a measurement. */
public enum Effort {
  /** Everything, for the document. */
  FULL,
  /** A short selection, to detect what is much slower. */
  QUICK;

  /** One value or the other. */
  public int choose(int full, int quick) {
    return this == FULL ? full : quick;
  }
}
