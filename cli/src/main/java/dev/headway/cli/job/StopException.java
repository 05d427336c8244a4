package dev.headway.cli.job;

/** A piece of work has not been done, because the run ends early and can be resumed. */
public final class StopException extends Exception {

  private static final long serialVersionUID = 1L;

  /** Creates one. */
  public StopException() {
    super("the run was stopped");
  }
}
