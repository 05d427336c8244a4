package dev.headway.cli.exec;

/** A command did not succeed. */
final class FailedException extends Exception {

  private static final long serialVersionUID = 1;

  private final transient Ending ending;
  private final boolean mayBeTriedAgain;

  FailedException(Ending ending, boolean mayBeTriedAgain) {
    super(ending.why().orElse("it failed"));
    this.ending = ending;
    this.mayBeTriedAgain = mayBeTriedAgain;
  }

  Ending ending() {
    return ending;
  }

  /** Whether it might go well another time. */
  boolean mayBeTriedAgain() {
    return mayBeTriedAgain;
  }
}
