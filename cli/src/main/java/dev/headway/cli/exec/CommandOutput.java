package dev.headway.cli.exec;

import java.io.IOException;

/** The output of one command. */
interface CommandOutput extends AutoCloseable {

  /** Sets where the process writes to. */
  void prepare(ProcessBuilder builder);

  /** The process runs. */
  default void begun(Process process) {}

  /**
   * The process has ended: waits for the rest of its output.
   *
   * @throws InterruptedException if interrupted
   */
  default void ended() throws InterruptedException {}

  /**
   * Writes the output that has been kept.
   *
   * @throws IOException if it cannot be written
   */
  void write() throws IOException;

  /** Deletes the output that has been kept. */
  @Override
  void close() throws IOException;
}
