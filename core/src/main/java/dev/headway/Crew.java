package dev.headway;

import dev.headway.throttle.spi.SpinLock;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
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
 * line until the task has ended, but not while it backs off. A leader takes it together with the
 * turn; but where somebody backs off, who may come back while the input has nothing new, it takes
 * it only when it has pulled an item. Places are given to those that wait for one in the order in
 * which they came.
 *
 * <p>What keeps it going is one rule, {@link #advance}, that is applied after each change: whoever
 * can have a place gets it, and while a turn could be taken, one worker is on its way to take it.
 * It is an idle one, or a new one while there are fewer than {@code atOnce}, not counting those
 * that have stepped aside. Only for tasks so short that calling a worker would cost more than the
 * task itself, a {@link Watch} stands in for it.
 *
 * <p>The guard is held for nanoseconds; what is decided under it, such as who is to be woken, is
 * done outside it.
 */
final class Crew {

  /** Hardly a microsecond: a worker has a task to get on with. */
  private static final int SPINS = 16;

  /** Keeps the crew's state, and its run's, to one thread at a time. */
  final SpinLock guard = new SpinLock(SPINS);

  private final int atOnce;
  private final TimeSource time;
  private final Consumer<Worker> work;
  private final Room.Taken room;
  private final Turn turn = new Turn();
  private final Watch watch;

  /** All that have begun and live. */
  private final Set<Thread> threads = new HashSet<>();

  /** How many live or are about to begin. */
  private int population;

  /** Those that have nothing to do until they can take the turn. */
  private final Set<Worker> idle = new LinkedHashSet<>();

  private final Places places;

  /** Whether somebody is on its way to take the turn. */
  private boolean somebodyComes;

  /** How many look for the turn again and again. */
  private int looking;

  /** How many do something else for a while, without a place. */
  private int aside;

  private boolean dismissed;

  /** Whether all has been stopped (1); asked by the reader for each result. */
  final Alone stopped = new Alone();

  /**
   * Creates a crew of nobody.
   *
   * @param room how far turns may run ahead of the reader
   * @param shortTasks where to say whether tasks are short (1)
   * @param work what each worker does: take turns until there are none, and {@link
   *     #leaveUnlessLast}
   */
  Crew(int atOnce, Room room, Alone shortTasks, TimeSource time, Consumer<Worker> work) {
    this.atOnce = atOnce;
    this.room = room.taken;
    this.time = time;
    this.work = work;
    this.places = new Places(atOnce);
    this.watch = new Watch(shortTasks);
  }

  /** Hires the first worker. */
  void begin() {
    perform(whenGuarded(this::advance));
  }

  private interface Decision {
    List<Worker> take();
  }

  private List<Worker> whenGuarded(Decision decision) {
    guard.lock();
    try {
      return decision.take();
    } finally {
      guard.unlock();
    }
  }

  /**
   * Sees to it that a free place goes to who wants it, and that a turn that can be taken is. Under
   * the guard.
   *
   * @return whom to wake, or to begin with, by {@link #perform}
   */
  List<Worker> advance() {
    List<Worker> placed = places.keepPromises();
    Worker called = somebodyComes || looking > 0 || !isTurnFree() ? null : whomToCall();
    if (called == null) {
      return placed;
    }
    called.called = true;
    somebodyComes = true;
    if (placed.isEmpty()) {
      return List.of(called);
    }
    placed.add(called);
    return placed;
  }

  private boolean isTurnFree() {
    return turn.isFree() && !dismissed && places.isOneLeft() && room.isRoomLeft();
  }

  private @Nullable Worker whomToCall() {
    Worker called = watch.worker();
    if (called == null && !idle.isEmpty()) {
      called = idle.iterator().next();
    }
    if (called != null) {
      forgetIdle(called);
    } else if (population - aside < atOnce) {
      population++;
      called = new Worker();
    }
    return called;
  }

  private void forgetIdle(Worker worker) {
    if (worker.idle) {
      worker.idle = false;
      idle.remove(worker);
      watch.end(worker);
    }
  }

  /** Wakes workers, and begins with those that are new. Outside the guard. */
  void perform(List<Worker> told) {
    for (Worker worker : told) {
      Thread thread = worker.thread;
      if (thread == null) {
        hire(worker);
      } else {
        watch.wake(time, thread);
      }
    }
  }

  private void hire(Worker worker) {
    try {
      time.start("headway-run", () -> begin(worker));
    } catch (RuntimeException | Error e) {
      if (isOnlyOne()) {
        throw e;
      }
      // The machine has no more threads. Those that live take the turn when they have finished.
    }
  }

  /** Takes back that one was to begin, and says whether there is nobody else. */
  private boolean isOnlyOne() {
    guard.lock();
    try {
      population--;
      somebodyComes = false;
      return population == 0;
    } finally {
      guard.unlock();
    }
  }

  private void begin(Worker worker) {
    Thread current = Thread.currentThread();
    guard.lock();
    try {
      worker.thread = current;
      threads.add(current);
    } finally {
      guard.unlock();
    }
    work.accept(worker);
  }

  /** Waits for the turn and takes it. False if there will be none any more. */
  boolean takeTurn(Worker worker) {
    int looks = 0;
    while (true) {
      boolean waits;
      guard.lock();
      try {
        forgetIdle(worker);
        if (looks > 0) {
          looking--;
        }
        if (tryTakeTurn(worker)) {
          return true;
        }
        if (dismissed) {
          return false;
        }
        waits = looks >= looks();
        if (waits) {
          looks = 0;
          worker.idle = true;
          idle.add(worker);
          watch.offer(worker);
        } else {
          looks++;
          looking++;
        }
      } finally {
        guard.unlock();
      }
      if (waits) {
        park(worker);
      } else {
        Watch.pause(looks);
      }
    }
  }

  /**
   * How often to look before it waits. With short tasks room is soon made; but one that works on
   * them is enough, and others would be in its way.
   */
  private int looks() {
    return watch.isUseful() && turn.isFree() ? Watch.LOOKS : 0;
  }

  /** Takes the turn if it can be taken now. Under the guard. */
  boolean tryTakeTurn(Worker worker) {
    if (worker.called) {
      worker.called = false;
      somebodyComes = false;
    }
    if (!isTurnFree()) {
      return false;
    }
    turn.take(watch.isOn());
    room.takeOne();
    if (aside == 0) {
      places.give(worker);
    }
    return true;
  }

  /**
   * Parks. An interrupt that does not come from {@link #stop} was meant for a task that has ended.
   */
  private void park(Worker worker) {
    if (!watch.keeps(worker) || !watchOver(worker)) {
      time.park(this, TimeSource.NEVER);
    }
    Thread.interrupted();
  }

  /** Looks after the turn. False if it is now left to those that have it to call somebody. */
  private boolean watchOver(Worker worker) {
    while (true) {
      watch.sleep();
      guard.lock();
      try {
        if (dismissed || !watch.keeps(worker)) {
          return true;
        }
        if (watch.nothingEnded()) {
          turn.unwatch();
          watch.end(worker);
          return isTurnFree();
        }
      } finally {
        guard.unlock();
      }
    }
  }

  /** Passes the turn on. True if somebody had to be called for it, which takes a while. */
  boolean passTurn() {
    if (turn.passQuietly()) {
      return false;
    }
    List<Worker> called =
        whenGuarded(() -> {
          turn.pass();
          return watch.isOn() ? List.of() : advance();
        });
    perform(called);
    return !called.isEmpty();
  }

  /** Waits for a place and takes it. False if all has been stopped, and then there is none. */
  boolean takePlace(Worker worker) {
    if (worker.hasPlace) {
      return !isStopped();
    }
    boolean asked = false;
    while (true) {
      guard.lock();
      try {
        if (isStopped()) {
          return false;
        }
        if (!asked) {
          places.giveOrPromise(worker);
          asked = true;
        }
        if (worker.hasPlace) {
          return true;
        }
      } finally {
        guard.unlock();
      }
      time.park(this, TimeSource.NEVER);
      Thread.interrupted();
    }
  }

  /**
   * Gives a place back, for those that wait for one. The worker that gives it then takes the turn
   * itself, or steps aside. Under the guard.
   */
  List<Worker> leavePlace(Worker worker) {
    return places.takeBack(worker) ? advance() : List.of();
  }

  /** Passes the turn on for an item that will never start. Under the guard. */
  List<Worker> turnBack(List<Worker> told) {
    turn.pass();
    List<Worker> all = new ArrayList<>(told);
    all.addAll(advance());
    return all;
  }

  /** A task has been worked on for so long. Under the guard. */
  void hasWorkedFor(long nanos) {
    watch.hasWorkedFor(nanos);
  }

  /** Lets another worker do what this one would, while it has no place. */
  void stepAside() {
    perform(
        whenGuarded(() -> {
          aside++;
          return advance();
        }));
  }

  /** Comes back. */
  void stepBack() {
    guard.lock();
    try {
      aside--;
    } finally {
      guard.unlock();
    }
  }

  /**
   * Sleeps without a place, and waits for one again.
   *
   * @throws InterruptedException if interrupted, or all has been stopped
   */
  void backOff(Worker worker, long nanos) throws InterruptedException {
    boolean goesOn;
    perform(whenGuarded(() -> leavePlace(worker)));
    stepAside();
    try {
      time.sleep(Duration.ofNanos(nanos));
    } finally {
      stepBack();
      goesOn = takePlace(worker);
    }
    if (!goesOn) {
      throw new InterruptedException();
    }
  }

  /** Room has been made that somebody waited for. */
  void roomMade() {
    perform(whenGuarded(this::advance));
  }

  /** Lets no more turns be taken. Those that have an item go on. */
  void dismiss() {
    perform(
        whenGuarded(() -> {
          dismissed = true;
          return List.copyOf(idle);
        }));
  }

  /** Lets no more turns be taken, and interrupts everybody. */
  void stop() {
    List<Thread> interrupted;
    guard.lock();
    try {
      if (isStopped()) {
        return;
      }
      dismissed = true;
      stopped.first(1);
      interrupted = List.copyOf(threads);
    } finally {
      guard.unlock();
    }
    interrupted.forEach(Thread::interrupt);
    interrupted.forEach(time::unpark);
  }

  boolean isStopped() {
    return stopped.first() == 1;
  }

  boolean contains(Thread thread) {
    guard.lock();
    try {
      return threads.contains(thread);
    } finally {
      guard.unlock();
    }
  }

  /** Leaves. False if this worker is the last, who stays and sees to the end. */
  boolean leaveUnlessLast() {
    guard.lock();
    try {
      boolean leaves = population > 1;
      if (leaves) {
        population--;
        threads.remove(Thread.currentThread());
      }
      return leaves;
    } finally {
      guard.unlock();
    }
  }
}
