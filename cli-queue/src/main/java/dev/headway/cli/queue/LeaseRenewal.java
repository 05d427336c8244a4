package dev.headway.cli.queue;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Says again and again that a worker is at work on its entries, so that others do not take them.
 */
final class LeaseRenewal implements Closeable {

  private final RedisQueue queue;
  private final Set<String> ids;
  private final Thread thread;

  /**
   * Begins to.
   *
   * @param ids the entries; another thread may change them
   */
  LeaseRenewal(RedisQueue queue, Set<String> ids, Duration every) {
    this.queue = queue;
    this.ids = ids;
    this.thread = Thread.ofPlatform().daemon().name("headway-lease").start(() -> renewEach(every));
  }

  private void renewEach(Duration every) {
    try {
      while (true) {
        Thread.sleep(every);
        renew();
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private void renew() {
    try {
      queue.renew(List.copyOf(ids));
    } catch (IOException e) {
      // It is tried again. Taking or finishing an entry meets with the same, and tells it; what
      // others have taken over by then is theirs.
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
