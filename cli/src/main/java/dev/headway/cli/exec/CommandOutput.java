package dev.headway.cli.exec;

import java.io.IOException;

/** Where what one command writes goes. */
interface CommandOutput extends AutoCloseable {

  /** Says where the process is to write to. */
  void prepare(ProcessBuilder builder);

  /** The process runs. */
  default void begun(Process process) {}

  /**
   * The process has ended: waits until all that it has written is here.
   *
   * @throws InterruptedException if interrupted
   */
  default void ended() throws InterruptedException {}

  /**
   * Writes what has been kept.
   *
   * @throws IOException if it cannot be written
   */
  void write() throws IOException;

  /** Forgets what has been kept. */
  @Override
  void close() throws IOException;
}
