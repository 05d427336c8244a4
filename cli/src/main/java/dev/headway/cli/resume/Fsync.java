package dev.headway.cli.resume;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Has what is written to a file and its journal reach the disk soon, beside the writing. */
final class Fsync implements Closeable {

  private static final long EVERY_MILLIS = 100;

  private final FileChannel file;
  private final Journal journal;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;
  private long forced;
  private volatile @Nullable IOException failure;

  /** Begins to. */
  Fsync(FileChannel file, Journal journal) throws IOException {
    this.file = file;
    this.journal = journal;
    this.forced = file.size();
    this.thread = Thread.ofPlatform().daemon().name("headway-disk").start(this::run);
  }

  private void run() {
    try {
      while (!closing.await(EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
        force();
      }
    } catch (IOException e) {
      failure = e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void force() throws IOException {
    long written = file.size();
    if (written != forced) {
      file.force(false);
      forced = written;
    }
    journal.force();
  }

  /**
   * Throws what has kept it from the disk.
   *
   * @throws IOException if something did
   */
  void check() throws IOException {
    IOException failed = failure;
    if (failed != null) {
      throw failed;
    }
  }

  @Override
  public void close() throws IOException {
    if (closing.getCount() > 0) {
      closing.countDown();
      boolean interrupted = Thread.interrupted();
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      force();
    }
  }
}
