package dev.headway;

import dev.headway.throttle.Permit;
import dev.headway.time.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ends a run: stops it early, drops the items that then never start, and closes the input when
 * nothing is left. It also has the progress reported, which ends with the run.
 */
final class RunEnd<T extends @Nullable Object, R extends @Nullable Object> {

  private final RunState<T, R> state;
  private final TimeSource time;
  private final Input<T> input;
  private final Consumer<? super T> unstarted;
  private final ProgressReporter reporter;

  /**
   * Creates one.
   *
   * @param unstarted gets each item that was pulled and never starts
   */
  RunEnd(
      RunState<T, R> state,
      TimeSource time,
      Input<T> input,
      Consumer<? super T> unstarted,
      ProgressReporter reporter) {
    this.state = state;
    this.time = time;
    this.input = input;
    this.unstarted = unstarted;
    this.reporter = reporter;
  }

  /** Ends the run with a failure, unless it is stopped already. */
  void fail(RuntimeException e) {
    List<Thread> woken = List.of();
    state.lock.lock();
    try {
      if (!state.stopped) {
        woken = state.results.fail(e);
      }
    } finally {
      state.lock.unlock();
    }
    woken.forEach(time::unpark);
    stop();
  }

  /** Starts no more items, and interrupts those that run. */
  void stop() {
    List<Thread> interrupted = new ArrayList<>();
    List<CompletableFuture<Permit>> cancelled = new ArrayList<>();
    List<ItemExecution<T, R>> dropped = new ArrayList<>();
    boolean last;
    state.lock.lock();
    try {
      if (state.stopped) {
        return;
      }
      state.stopped = true;
      state.items.forEach(item -> {
        Thread thread = item.thread;
        if (thread != null) {
          interrupted.add(thread);
        } else if (item.queuedFor != null) {
          cancelled.add(item.queuedFor);
        } else if (item.waitsForSlot && item.permit != null) {
          dropped.add(item);
        }
      });
      ItemExecution<T, R> waiting = state.pull.dropWaiting();
      if (waiting != null) {
        dropped.add(waiting);
      }
      dropped.forEach(state.slots::stopWaiting);
      Thread puller = state.pull.puller();
      if (puller != null) {
        interrupted.add(puller);
      }
      interrupted.addAll(state.spares.wake());
      last = state.isOver();
    } finally {
      state.lock.unlock();
    }
    interrupted.forEach(Thread::interrupt);
    interrupted.forEach(time::unpark);
    cancelled.forEach(future -> future.cancel(false));
    dropped.forEach(item -> startHelper(() -> drop(item, false)));
    if (last) {
      startHelper(this::end);
    }
  }

  /** Drops an item that never starts, since the run was stopped. */
  void drop(ItemExecution<T, R> item, boolean byPuller) {
    Permit permit = item.permit;
    if (permit != null) {
      permit.close();
    }
    unstarted.accept(item.item());
    boolean last;
    state.lock.lock();
    try {
      state.items.remove(item);
      var unused = state.releaseSlot(item); // the threads that get it leave
      if (byPuller) {
        state.pull.end();
      }
      last = state.isOver();
    } finally {
      state.lock.unlock();
    }
    endIf(last);
  }

  /** Drops an item on another thread. */
  void dropElsewhere(ItemExecution<T, R> item) {
    startHelper(() -> drop(item, false));
  }

  /** Reports progress on another thread, which the end waits for: it is one of the helpers. */
  void reportElsewhere() {
    startHelper(this::report);
  }

  private void report() {
    try {
      reporter.report();
    } finally {
      boolean last;
      state.lock.lock();
      try {
        state.helpers--;
        last = state.isOver();
      } finally {
        state.lock.unlock();
      }
      endIf(last);
    }
  }

  /** Starts a thread that calls code of a user; on a machine without threads, does it here. */
  private void startHelper(Runnable help) {
    Runnable body =
        () -> {
          Thread current = Thread.currentThread();
          state.locked(() -> state.helperThreads.add(current));
          try {
            help.run();
          } finally {
            state.locked(() -> state.helperThreads.remove(current));
          }
        };
    try {
      time.start(RunThreads.NAME, body);
    } catch (RuntimeException | Error e) {
      body.run();
    }
  }

  /** Ends the run if {@link RunState#isOver} has said so. */
  void endIf(boolean last) {
    if (last) {
      Thread current = Thread.currentThread();
      state.locked(() -> state.helperThreads.add(current));
      end();
    }
  }

  private void end() {
    Thread.interrupted();
    long now = time.nanoTime();
    state.locked(() -> state.counters.end(now));
    reporter.reportEnd();
    InputException notClosed = null;
    try {
      input.close();
    } catch (InputException e) {
      notClosed = e;
    }
    List<Thread> woken = new ArrayList<>();
    state.lock.lock();
    try {
      woken.addAll(state.results.end(notClosed));
      woken.addAll(state.spares.wake());
    } finally {
      state.lock.unlock();
    }
    woken.forEach(time::unpark);
  }

  /**
   * Stops and waits for the end. A thread of the run, which cannot wait for its own end, only
   * stops.
   *
   * @throws InputException once, if the input has failed to close
   */
  void close() {
    stop();
    if (!isOfThisRun(Thread.currentThread())) {
      state.results.awaitEnd();
    }
  }

  private boolean isOfThisRun(Thread thread) {
    boolean[] found = {reporter.isReportedBy(thread)};
    state.locked(() -> {
      found[0] |= thread.equals(state.pull.puller()) || state.helperThreads.contains(thread);
      state.items.forEach(item -> found[0] |= thread.equals(item.thread));
    });
    return found[0];
  }
}
