package dev.headway.cli.job;

import dev.headway.Task;
import dev.headway.throttle.ThrottleEvent;
import dev.headway.throttle.ThrottleListener;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests enter the queues of their limits in input order, although many threads send them:
 * the next item is handed out when the last one is in its queue, has been granted a permit or has
 * ended. Heard from the throttle, by the thread of the item.
 */
final class EntryOrder implements ThrottleListener {

  private final Semaphore free = new Semaphore(1);
  private final Set<Thread> entering = ConcurrentHashMap.newKeySet();

  /** The same items, one at a time; none any more if the thread is interrupted, which stays so. */
  <T> Iterator<T> items(Iterator<T> items) {
    return new Iterator<>() {
      private boolean isFree;

      @Override
      public boolean hasNext() {
        try {
          if (!isFree) {
            free.acquire();
            isFree = true;
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return false;
        }
        return items.hasNext();
      }

      @Override
      public T next() {
        T item = items.next();
        isFree = false;
        return item;
      }
    };
  }

  /** The same task, of items that have been handed out. */
  <T, R extends @Nullable Object> Task<T, R> task(Task<T, R> task) {
    return item -> {
      entering.add(Thread.currentThread());
      try {
        return task.run(item);
      } finally {
        passed();
      }
    };
  }

  private void passed() {
    if (entering.remove(Thread.currentThread())) {
      free.release();
    }
  }

  @Override
  public void onEvent(ThrottleEvent event) {
    if (event instanceof ThrottleEvent.Queued || event instanceof ThrottleEvent.Granted) {
      passed();
    }
  }
}
