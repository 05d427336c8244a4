package dev.headway;

import dev.headway.time.TimeSource;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Spares short tasks what it costs to call a worker for each of them.
 *
 * <p>A worker that passes the turn on cannot know whether its task will block, so it calls another
 * one, which takes about a microsecond. Where many tasks in a row have been shorter than that, it
 * does not; but then one of the idle, the watcher, looks again and again whether turns are still
 * being taken. If none was and the turn is free, some task is not that short after all, and the
 * watcher takes the turn. If none was and the turn is taken, its holder waits for the input or for
 * a permit; the watcher then makes it call somebody when it goes on, and waits like all others.
 *
 * <p>The watcher's naps are real, whatever the run's time is: they are a slow way of spinning, and
 * no time passes for anybody else. Used under the crew's guard, but for what is said otherwise.
 */
final class Watch {

  /**
   * How often a worker or a reader looks again, where tasks are short, before it waits. On one
   * processor what it looks for would not come meanwhile.
   */
  static final int LOOKS = Runtime.getRuntime().availableProcessors() > 1 ? 8 : 0;

  private static final int SPINS = 256;

  /** Tasks that are no longer than this are short. */
  private static final long SHORT_NANOS = 1_000;

  /** The score from which on tasks count as short, and the best. */
  private static final int ENOUGH = 32;

  private static final int MOST = 128;

  private static final long NAP_NANOS = 200_000;

  /** Grows by one with each short task, and is halved by each that is not. */
  private int score;

  /** Whether tasks are short (1). */
  private final Alone shortTasks;

  private @Nullable Worker watcher;
  private long ended;
  private long endedBefore;

  Watch(Alone shortTasks) {
    this.shortTasks = shortTasks;
  }

  void hasWorkedFor(long nanos) {
    ended++;
    score = nanos > SHORT_NANOS ? score / 2 : Math.min(score + 1, MOST);
    int now = score >= ENOUGH ? 1 : 0;
    if (shortTasks.first() != now) {
      shortTasks.first(now);
    }
  }

  /** Whether tasks are short; asked by anybody. */
  boolean isUseful() {
    return shortTasks.first() == 1;
  }

  /** Whether somebody watches. */
  boolean isOn() {
    return watcher != null;
  }

  /**
   * Lets some microseconds pass without waiting, more after the first time: long enough for a few
   * outcomes to come, or for room for a few, since fetching each alone costs more than it.
   */
  static void pause(int looks) {
    for (int i = 0; i < Math.min(looks, 2) * SPINS; i++) {
      Thread.onSpinWait();
    }
  }

  @Nullable Worker worker() {
    return watcher;
  }

  boolean keeps(Worker worker) {
    return worker.equals(watcher);
  }

  /** Makes an idle worker the watcher, if one is wanted. */
  void offer(Worker worker) {
    if (watcher == null && isUseful()) {
      watcher = worker;
      endedBefore = ended;
    }
  }

  void end(Worker worker) {
    if (worker.equals(watcher)) {
      watcher = null;
    }
  }

  /** Lets some real time pass, or less if woken; outside the guard. */
  void sleep() {
    LockSupport.parkNanos(this, NAP_NANOS);
  }

  /** Wakes a worker, whether it watches or waits; outside the guard. */
  void wake(TimeSource time, Thread thread) {
    time.unpark(thread);
    LockSupport.unpark(thread);
  }

  /** Whether no task has ended since it was last asked. */
  boolean nothingEnded() {
    boolean nothing = ended == endedBefore;
    endedBefore = ended;
    return nothing;
  }
}
