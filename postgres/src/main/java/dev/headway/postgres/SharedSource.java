package dev.headway.postgres;

import java.util.IdentityHashMap;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;

/**
 * What all stores on one data source share: one worker and one listener. So they need two
 * connections, however many throttles there are. It is closed with the last of them.
 */
final class SharedSource {

  private static final ReentrantLock LOCK = new ReentrantLock();

  /** Those in use, guarded by the lock. */
  private static final IdentityHashMap<DataSource, SharedSource> OPEN = new IdentityHashMap<>();

  private final DataSource source;
  private final RequestExecutor executor;
  private final Listener listener;

  /** The number of stores, guarded by the lock. */
  private int stores;

  private SharedSource(DataSource source) {
    this.source = source;
    this.executor = new RequestExecutor(source);
    this.listener = new Listener(source);
  }

  /** That of a data source. Each call needs one of {@link #leave}. */
  static SharedSource join(DataSource source) {
    LOCK.lock();
    try {
      SharedSource shared = OPEN.computeIfAbsent(source, SharedSource::new);
      shared.stores++;
      return shared;
    } finally {
      LOCK.unlock();
    }
  }

  RequestExecutor executor() {
    return executor;
  }

  Listener listener() {
    return listener;
  }

  void leave() {
    LOCK.lock();
    try {
      stores--;
      if (stores > 0) {
        return;
      }
      OPEN.remove(source);
    } finally {
      LOCK.unlock();
    }
    listener.close();
    executor.close();
  }
}
