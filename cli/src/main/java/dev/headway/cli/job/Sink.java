package dev.headway.cli.job;

import dev.headway.Outcome;
import java.io.IOException;
import java.util.Optional;

/** Where the outcomes of a job's items go. */
public interface Sink<T, R> {

  /**
   * What is to be known of an item that has ended.
   *
   * @param what it was, in words that may be shown
   * @param attempts how many it took
   * @param why it failed, if it did, in words that may be shown
   * @param complaint what is printed at once
   * @param unusable the host that cannot be used, if that is why it failed
   */
  record Summary(
      String what,
      int attempts,
      Optional<String> why,
      Optional<String> complaint,
      Optional<String> unusable) {

    /** Of what asks no host. */
    public Summary(String what, int attempts, Optional<String> why, Optional<String> complaint) {
      this(what, attempts, why, complaint, Optional.empty());
    }
  }

  /**
   * Writes an outcome.
   *
   * @return what is to be known of it; empty if another process writes it, so nothing was written
   * @throws IOException if it cannot be written
   */
  Optional<Summary> write(Outcome<T, R> outcome) throws IOException;

  /**
   * All items have ended.
   *
   * @throws IOException if something cannot be tidied up
   */
  default void end() throws IOException {}

  /** Whether it may have ended because the run was interrupted. */
  default boolean isSuspect(Outcome<T, R> outcome) {
    return false;
  }
}
