package dev.headway.run;

import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The workers of a run, each a virtual thread, and the two things they share.
 *
 * <p>One <em>turn</em>, after leader and followers (Schmidt and others, 2000): whoever has it pulls
 * the next item and stands in line for its permit, then passes it on and does the work. So there is
 * one leader at a time, and no thread is started an item: a worker that has finished takes the next
 * turn if it is free, and is idle if not.
 *
 * <p>And {@code atOnce} <em>places</em>: who works on an item holds one, from before it stands in
 * line until the task has ended, but not while it backs off, nor while it waits for the input.
 * Places are given to those that wait for one in the order in which they came.
 *
 * <p>What keeps it going is one rule, {@link #advance}, that is applied after each change: whoever
 * can have a place gets it, and while a turn could be taken, one worker is on its way to take it.
 * It is an idle one, or a new one while there are fewer than {@code atOnce}, not counting those
 * that have stepped aside.
 *
 * <p>The lock is held for a moment at a time; nobody waits or runs a user's code under it.
 */
final class Crew {

  private final int atOnce;
  private final TimeSource time;
  private final Runnable work;

  private final ReentrantLock lock;

  /** All that live. */
  private final Set<Thread> workers = new HashSet<>();

  /** Those that have nothing to do until they can take the turn. */
  private final Set<Thread> idle = new LinkedHashSet<>();

  /** Those that have an item and want a place for it. */
  private final Queue<Request> requests = new ArrayDeque<>();

  /** The one that is on its way to take the turn. */
  private @Nullable Thread called;

  private boolean turnTaken;
  private int placesTaken;

  /** How many do something else for a while, without a place. */
  private int aside;

  /** How many turns may be taken before more room is made. */
  private long room;

  private boolean dismissed;
  private volatile boolean stopped;

  /** A worker that wants a place, until it has one. */
  private static final class Request {
    final Thread thread = Thread.currentThread();
    boolean granted;
  }

  /**
   * Creates a crew of nobody.
   *
   * @param lock the run's, so that it can do more than one thing at one instant
   * @param room how many turns may be taken before {@link #makeRoom} is called
   * @param work what each worker does: take turns until there are none, and {@link
   *     #leaveUnlessLast}
   */
  Crew(ReentrantLock lock, int atOnce, long room, TimeSource time, Runnable work) {
    this.lock = lock;
    this.atOnce = atOnce;
    this.room = room;
    this.time = time;
    this.work = work;
  }

  /** Hires the first worker. */
  void begin() {
    lock.lock();
    try {
      advance();
    } finally {
      lock.unlock();
    }
  }

  /** Sees to it that a free place goes to who wants it, and that a turn that can be taken is. */
  private void advance() {
    while (placesTaken < atOnce && !requests.isEmpty()) {
      Request next = requests.remove();
      next.granted = true;
      placesTaken++;
      time.unpark(next.thread);
    }
    if (called == null && isTurnFree()) {
      call();
    }
  }

  private boolean isTurnFree() {
    return !turnTaken && !dismissed && room > 0 && placesTaken < atOnce;
  }

  private void call() {
    Iterator<Thread> longestIdle = idle.iterator();
    if (longestIdle.hasNext()) {
      called = longestIdle.next();
      longestIdle.remove();
      time.unpark(called);
    } else if (workers.size() - aside < atOnce) {
      hire();
    }
  }

  private void hire() {
    try {
      called = time.start("headway-run", work);
      workers.add(called);
    } catch (RuntimeException | Error e) {
      if (workers.isEmpty()) {
        throw e;
      }
      // The machine has no more threads. Those that live take the turn when they have finished.
    }
  }

  /** Waits for the turn and takes it. False if there will be none any more. */
  boolean takeTurn() {
    Thread current = Thread.currentThread();
    while (true) {
      lock.lock();
      try {
        idle.remove(current);
        if (current.equals(called)) {
          called = null;
        }
        if (dismissed) {
          return false;
        }
        if (isTurnFree()) {
          turnTaken = true;
          room--;
          return true;
        }
        idle.add(current);
      } finally {
        lock.unlock();
      }
      park();
    }
  }

  /**
   * Parks. An interrupt that does not come from {@link #stop} was meant for a task that has ended.
   */
  private void park() {
    time.park(this, TimeSource.NEVER);
    Thread.interrupted();
  }

  /** Passes the turn on. */
  void passTurn() {
    lock.lock();
    try {
      turnTaken = false;
      advance();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a place and takes it. False if all has been stopped, and then there is none. */
  boolean takePlace() {
    Request request = new Request();
    lock.lock();
    try {
      if (stopped) {
        return false;
      }
      if (placesTaken < atOnce && requests.isEmpty()) {
        placesTaken++;
        return true;
      }
      requests.add(request);
    } finally {
      lock.unlock();
    }
    while (true) {
      lock.lock();
      try {
        if (stopped) {
          return false;
        }
        if (request.granted) {
          return true;
        }
      } finally {
        lock.unlock();
      }
      park();
    }
  }

  /**
   * Gives a place back, for those that wait for one. The worker that gives it then takes the turn
   * itself, or steps aside.
   */
  void leavePlace() {
    lock.lock();
    try {
      placesTaken--;
      if (!requests.isEmpty()) {
        advance();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Lets another worker do what this one would, while it has no place. */
  void stepAside() {
    lock.lock();
    try {
      aside++;
      advance();
    } finally {
      lock.unlock();
    }
  }

  /** Comes back. */
  void stepBack() {
    lock.lock();
    try {
      aside--;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Sleeps without a place, and waits for one again.
   *
   * @throws InterruptedException if interrupted, or all has been stopped
   */
  void backOff(long nanos) throws InterruptedException {
    boolean goesOn;
    leavePlace();
    stepAside();
    try {
      time.sleep(Duration.ofNanos(nanos));
    } finally {
      stepBack();
      goesOn = takePlace();
    }
    if (!goesOn) {
      throw new InterruptedException();
    }
  }

  /** Lets one more turn be taken. */
  void makeRoom() {
    lock.lock();
    try {
      room++;
      advance();
    } finally {
      lock.unlock();
    }
  }

  /** Lets no more turns be taken. Those that have an item go on. */
  void dismiss() {
    lock.lock();
    try {
      dismissed = true;
      idle.forEach(time::unpark);
    } finally {
      lock.unlock();
    }
  }

  /** Lets no more turns be taken, and interrupts everybody. */
  void stop() {
    List<Thread> interrupted;
    lock.lock();
    try {
      if (stopped) {
        return;
      }
      dismissed = true;
      stopped = true;
      interrupted = List.copyOf(workers);
    } finally {
      lock.unlock();
    }
    interrupted.forEach(Thread::interrupt);
    interrupted.forEach(time::unpark);
  }

  boolean isStopped() {
    return stopped;
  }

  boolean contains(Thread thread) {
    lock.lock();
    try {
      return workers.contains(thread);
    } finally {
      lock.unlock();
    }
  }

  /** Leaves. False if this worker is the last, who stays and sees to the end. */
  boolean leaveUnlessLast() {
    lock.lock();
    try {
      return workers.size() > 1 && workers.remove(Thread.currentThread());
    } finally {
      lock.unlock();
    }
  }
}
