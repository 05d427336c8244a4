package dev.headway.cli.queue;

import dev.headway.Task;
import dev.headway.cli.job.Display;
import dev.headway.cli.job.RequestQueue;
import dev.headway.cli.request.Line;
import dev.headway.throttle.ThrottleEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The requests that one worker has of a queue. It takes no more than it can soon start: as a
 * listener of the throttle it hears which have started, and only so many are here that have not.
 * While any are here or with others it waits, since those of a worker that is gone come back; when
 * all are done it has no next.
 */
final class WorkQueue implements RequestQueue {

  /** How long a worker may be silent before others take over what it is at work on. */
  private static final Duration LEASE =
      Duration.ofMillis(Long.getLong("headway.lease.millis", 15_000));

  /** How often in a lease a worker says that it is there, and looks for those that are not. */
  private static final int TIMES_A_LEASE = 5;

  private static final Duration LONGEST_WAIT = Duration.ofMillis(500);

  private final RedisQueue queue;
  private @Nullable Display display;
  private final long size;

  /** Places for what is here and has not started. */
  private final Semaphore places;

  private final Deque<Line> ready = new ArrayDeque<>();

  /** Which entry a line is that is here and not done. Lines may be alike. */
  private final Map<Line, String> held = Collections.synchronizedMap(new IdentityHashMap<>());

  /** The entries that are here and not done. */
  private final Set<String> ids = ConcurrentHashMap.newKeySet();

  /** Those threads whose request has not started. */
  private final Set<Thread> unstarted = ConcurrentHashMap.newKeySet();

  private final LeaseRenewal renewal;
  private long lookedForGoneAt = System.nanoTime();
  private boolean over;
  private @Nullable Results results;
  private long lost;
  private boolean left;

  private WorkQueue(RedisQueue queue, long size, int lookAhead) {
    this.queue = queue;
    this.size = size;
    this.places = new Semaphore(lookAhead);
    this.renewal = new LeaseRenewal(queue, ids, LEASE.dividedBy(TIMES_A_LEASE));
  }

  /**
   * Begins to work on a queue, if there is anything in it.
   *
   * @param lookAhead how many may be here that have not started
   * @throws IOException if Redis cannot be reached
   */
  static Optional<WorkQueue> join(StoreUri uri, QueueName name, int lookAhead) throws IOException {
    RedisQueue queue = RedisQueue.connect(uri, name, LEASE);
    try {
      long size = queue.join();
      if (size > 0) {
        return Optional.of(new WorkQueue(queue, size, lookAhead));
      }
      queue.close();
      return Optional.empty();
    } catch (IOException e) {
      queue.close();
      throw e;
    }
  }

  /** How many were not done when the work began. */
  @Override
  public long size() {
    return size;
  }

  /**
   * How many this worker will probably have done in the end, given how many it has: of what is left
   * it gets as large a share as of what was done since it began.
   */
  @Override
  public long expected(long done) {
    long remaining = queue.left();
    long doneByAll = Math.max(Math.max(1, done), size - remaining);
    return done + Math.round((double) remaining * done / doneByAll);
  }

  /**
   * Says where results are written. What was written before that, and is not known to be, is
   * removed: by this worker in an earlier life, or by another on this machine.
   */
  @Override
  public void writesTo(Results to, Display shown) throws IOException {
    results = to;
    display = shown;
    for (QueueEntry entry : queue.doubtful()) {
      if (isWritten(entry)) {
        queue.settle(entry);
      }
    }
  }

  private boolean isWritten(QueueEntry entry) {
    return results != null
        && entry.place().isPresent()
        && results.isAt(entry.place().get(), entry.line());
  }

  /**
   * The requests. It waits for each; it has none any more too if interrupted, which stays pending.
   * The reader must not close it, since results are written after that.
   */
  @Override
  public Iterator<Line> requests() {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return hasRequest();
      }

      @Override
      public Line next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return ready.remove();
      }
    };
  }

  private boolean hasRequest() {
    try {
      while (ready.isEmpty() && !over && !Thread.currentThread().isInterrupted()) {
        fetchSome();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return !ready.isEmpty();
  }

  private void fetchSome() throws IOException, InterruptedException {
    places.acquire();
    int room = 1 + places.drainPermits();
    int came = 0;
    try {
      boolean due = System.nanoTime() - lookedForGoneAt > LEASE.dividedBy(TIMES_A_LEASE).toNanos();
      RedisQueue.Batch batch = queue.take(room, due);
      if (batch.entries().isEmpty() && !due) {
        batch = queue.take(room, true);
      }
      lookedForGoneAt = due ? System.nanoTime() : lookedForGoneAt;
      over = batch.left() == 0;
      boolean none = batch.entries().isEmpty() && !over;
      came = hold(none ? queue.await(LONGEST_WAIT) : batch.entries());
    } finally {
      places.release(room - came);
    }
  }

  private int hold(List<QueueEntry> entries) throws IOException {
    int came = 0;
    for (QueueEntry entry : entries) {
      if (isWritten(entry)) {
        queue.settle(entry);
      } else if (ids.add(entry.id())) {
        held.put(entry.line(), entry.id());
        ready.add(entry.line());
        came++;
        entry.place().ifPresent(place -> warn(entry.line()));
      }
      // Else it is here already: it was this worker's own, and late.
    }
    return came;
  }

  private void warn(Line line) {
    complain(
        line.because(
            "its worker ended while it wrote the result, so there may be two: this one's and that"
                + " one's last"));
  }

  /** A task that lets others be taken as soon as it has started. */
  @Override
  public <T, R> Task<T, R> taking(Task<T, R> task) {
    return item -> {
      unstarted.add(Thread.currentThread());
      try {
        return task.run(item);
      } finally {
        makePlace();
      }
    };
  }

  @Override
  public void onEvent(ThrottleEvent event) {
    if (event instanceof ThrottleEvent.Granted) {
      makePlace();
    }
  }

  private void makePlace() {
    if (unstarted.remove(Thread.currentThread())) {
      places.release();
    }
  }

  @Override
  public <T> Optional<T> finish(Line line, Writing<T> writing) throws IOException {
    String id = held.get(line);
    if (id == null) {
      throw new IllegalStateException("a request that is not here has ended: " + line.number());
    }
    Optional<T> written = queue.finish(id, results == null ? "" : results.place(), writing);
    held.remove(line);
    ids.remove(id);
    lost += written.isPresent() ? 0 : 1;
    return written;
  }

  /**
   * Ends the work in good order: what is not done is the others' at once.
   *
   * @throws IOException if they cannot be told; then they take it over after a while
   */
  @Override
  public void leave() throws IOException {
    if (left) {
      return;
    }
    left = true;
    renewal.close();
    long back = queue.leave();
    if (back > 0 && display != null) {
      display.remark(counted(back) + " not done, and in the queue " + queue.name() + " again");
    }
    if (lost > 0) {
      complain(
          counted(lost)
              + " taken over by others while this worker was not heard of, and the results are"
              + " theirs");
    }
  }

  private void complain(String text) {
    if (display != null) {
      display.complain(text);
    }
  }

  private static String counted(long requests) {
    return requests == 1 ? "1 request was" : requests + " requests were";
  }

  @Override
  public void close() {
    try (queue;
        renewal) {
      leave();
    } catch (QueueGoneException e) {
      // That is what has ended the work, and is told.
    } catch (IOException e) {
      complain(
          "what is not done of the queue "
              + queue.name()
              + " is the others' in "
              + LEASE.toSeconds()
              + " s: "
              + e.getMessage());
    }
  }
}
