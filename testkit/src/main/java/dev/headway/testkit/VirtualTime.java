package dev.headway.testkit;

import dev.headway.time.Durations;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time for tests. It stands still while any participating thread works, and jumps to the
 * next event when all of them wait. A test of a day takes as long as its work, and each event
 * happens at exactly its instant.
 *
 * <pre>{@code
 * VirtualTime time = new VirtualTime();
 * Throttle throttle = Throttle.builder().rate("1/h").timeSource(time).build();
 * throttle.acquire().close();
 * throttle.acquire().close();
 * assertThat(time.elapsed()).isEqualTo(Duration.ofHours(1));
 * }</pre>
 *
 * <p>Two kinds of threads participate:
 *
 * <ul>
 *   <li><b>Members</b>: threads that {@link #start} and {@link #run} start, and all threads of
 *       Headway. Time stands still until a member waits here: in {@link #park}, which all waits of
 *       Headway use, {@link #sleep} or {@link #await}. While a member waits elsewhere, such as for
 *       an HTTP response, time stands still. If it stays at one position for three seconds of real
 *       time (15 in input or output), it is stuck: it is interrupted, and {@link #run} fails with a
 *       message that has its position and a remedy. Without a {@code run}, guests that wait here
 *       get that message; without guests it is logged.
 *   <li><b>Guests</b>: the thread that creates the time, and all other threads, platform or
 *       virtual, from their first call of this time or of code that uses it. Time stands still
 *       while a guest works. A guest that waits elsewhere (for a lock, a queue's next task, another
 *       thread's end, input or output) does not hold time back.
 * </ul>
 *
 * <p>The algorithm. A participating thread works, waits here, or, if it is a guest, is outside: no
 * call shows whether it works. When a member begins to wait and no other thread works, it advances
 * time itself, from event to event, until an event wakes a thread. So a test whose threads are all
 * members takes no real time.
 *
 * <p>While a guest is outside, or a new thread is still unknown, a watching thread advances time,
 * one event after the other. It first waits until all has been quiet for a moment (two milliseconds
 * at most): no guest works, and no unknown platform thread works, since that may be about to call
 * here (a virtual thread shows in its carrier). On Linux, a platform thread that has been woken and
 * does not run yet works too, if it has ever called here. An unknown thread that works for a tenth
 * of a second without a call is not waited for again.
 *
 * <p>A thread that is woken here counts as working from that instant, even before it has begun to
 * wait, and however late the system schedules it. A guest that has never waited here, such as a
 * thread that runs a callback, is forgotten when it is idle, and any other after a hundred events
 * while idle; both participate again from their next call.
 */
public final class VirtualTime implements TimeSource {

  private static final System.Logger LOGGER = System.getLogger("dev.headway.testkit");

  /** The interval of the watching thread while time may advance, and while it may not. */
  private static final long GLANCE_NANOS = 200_000;

  private static final long PATROL_NANOS = 50_000_000;

  /** This many checks in a row see no thread work: for a virtual thread that is certain. */
  private static final int QUIET_GLANCES = 2;

  /** The same where threads are new. */
  private static final int QUIET_GLANCES_OF_NEW = 4;

  /** The same where a platform thread waits elsewhere, which may not show its wake-up. */
  private static final int QUIET_GLANCES_OF_PLATFORM = 10;

  /** A guest that is idle during this many events has nothing to do with them. */
  private static final int MOST_IDLE = 100;

  private static final long LINGER_NANOS = 250_000_000;

  /** A check later than this shows that the system schedules threads late. */
  private static final long LATE_NANOS = 500_000;

  /** After this many checks of working threads, the interval grows. */
  private static final int MANY_GLANCES = 200;

  /** How many times new threads may turn out to have nothing to do with this time. */
  private static final int MOST_FRUITLESS = 50;

  /** How long, in real time, all threads may stand still before the test fails. */
  private static final long PATIENCE_NANOS = 3_000_000_000L;

  /** The same while a member reads or writes. */
  private static final long IO_PATIENCE_NANOS = 15_000_000_000L;

  /** Something that happens at an instant: the end of a wait, or an action. */
  private record Event(long at, long order, @Nullable Wait waiting, @Nullable Action action) {}

  /** The action of an event, and the thread that scheduled it. */
  private record Action(Runnable body, Thread thread) {}

  /** A thread that waits here. */
  private static final class Wait {
    final Participant participant;
    final Object blocker;
    volatile boolean over;
    volatile boolean interrupted;
    volatile @Nullable String failure;
    @Nullable Event deadline;

    Wait(Participant participant, Object blocker) {
      this.participant = participant;
      this.blocker = blocker;
    }

    /** In this order: a thread that has noticed the end waits for the lock, which hides it. */
    boolean isInterrupted() {
      return participant.thread.isInterrupted() || interrupted;
    }
  }

  /** A participating thread. Its fields are written under the lock, except {@code acts}. */
  private static final class Participant {
    final Thread thread;
    final boolean member;

    /** Whether time stands still for it; if not, its next call says so. */
    volatile boolean present = true;

    /** Whether it has ever waited here, or created the time; others may only run callbacks. */
    boolean waits;

    /** The number of events in a row while it was idle elsewhere. */
    int idle;

    /** Whether its wait here has ended and it has not run since. */
    volatile boolean woken;

    /**
     * Whether it runs an action; {@link #acting} holds time back then. Only the thread uses this.
     */
    boolean acts;

    Participant(Thread thread, boolean member) {
      this.thread = thread;
      this.member = member;
    }
  }

  private final Instant origin;
  private final ReentrantLock lock = new ReentrantLock();

  @SuppressWarnings("ThreadLocalUsage") // a thread can take part in several times
  private final ThreadLocal<@Nullable Participant> participant = new ThreadLocal<>();

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
  private final Map<Thread, Wait> waits = new LinkedHashMap<>();
  private final Set<Thread> unparked = new HashSet<>();
  private final Set<Thread> members = new HashSet<>();

  /** Members that do not wait here, and threads that run an action. */
  private final Set<Thread> working = new LinkedHashSet<>();

  private final Set<Thread> acting = new LinkedHashSet<>();

  /** Guests that do not wait here. */
  private final Map<Thread, Participant> outside = new HashMap<>();

  private final OutsideThreads threads = new OutsideThreads();
  private final StuckCheck stuck = new StuckCheck(PATIENCE_NANOS, IO_PATIENCE_NANOS);
  private final List<CompletableFuture<?>> runs = new ArrayList<>();
  private volatile long now;
  private long orders;

  /** The number of threads created here since new ones were last counted. */
  private long made;

  /** Whether to wait for the first call of new threads. */
  private boolean newcomers;

  private int fruitless;

  /** Counts the calls and events, so that inactivity shows. */
  private long changes;

  private @Nullable Thread watcher;

  private boolean hasRun;

  /** The stuck threads that were logged last. */
  private Set<Thread> logged = Set.of();

  /** Creates a time that begins at midnight UTC of 1 January 2000. */
  public VirtualTime() {
    this(Instant.parse("2000-01-01T00:00:00Z"));
  }

  /** Creates a time that begins at an instant. */
  public VirtualTime(Instant origin) {
    this.origin = origin;
    self().waits = true;
  }

  /** The time that has passed. */
  public Duration elapsed() {
    return Duration.ofNanos(nanoTime());
  }

  @Override
  public long nanoTime() {
    Participant self = participant.get();
    if (self == null || !(self.present || self.acts)) {
      arrive();
    }
    return now;
  }

  /** The current instant; {@link Instant#MAX} beyond that. */
  @Override
  public Instant instant() {
    long passed = nanoTime();
    return Duration.between(origin, Instant.MAX).compareTo(Duration.ofNanos(passed)) > 0
        ? origin.plusNanos(passed)
        : Instant.MAX;
  }

  /** A guest calls that is new or was outside. */
  private void arrive() {
    Thread current = Thread.currentThread();
    lock.lock();
    try {
      Participant self = participant.get();
      if (self == null) {
        self = outside.computeIfAbsent(current, thread -> new Participant(thread, false));
        participant.set(self);
        threads.remember(current);
        fruitless = 0;
      }
      if (!self.acts) {
        returned(self);
      }
    } finally {
      lock.unlock();
    }
  }

  private void returned(Participant guest) {
    guest.present = true;
    guest.idle = 0;
    outside.put(guest.thread, guest);
    changes++;
  }

  /** The participant of the current thread. */
  private Participant self() {
    Participant self = participant.get();
    if (self == null || !(self.present || self.acts)) {
      arrive();
      self = participant.get();
    }
    return Objects.requireNonNull(self);
  }

  @Override
  public void park(Object blocker, long deadline) {
    Participant self = self();
    Thread current = self.thread;
    Wait wait = new Wait(self, blocker);
    lock.lock();
    try {
      changes++;
      self.waits = true;
      if (unparked.remove(current) || current.isInterrupted() || deadline <= now) {
        return;
      }
      waits.put(current, wait);
      if (deadline != NEVER) {
        wait.deadline = add(deadline, wait, null);
      }
      self.present = self.member;
      working.remove(current);
      outside.remove(current);
      passTime();
    } finally {
      lock.unlock();
    }
    while (!wait.over && !current.isInterrupted()) {
      LockSupport.park(blocker);
    }
    wait.interrupted = current.isInterrupted();
    lock.lock();
    try {
      end(wait);
      self.woken = false;
    } finally {
      lock.unlock();
    }
    if (wait.failure != null) {
      throw new IllegalStateException(wait.failure);
    }
  }

  @Override
  public void unpark(Thread thread) {
    self();
    lock.lock();
    try {
      Wait wait = waits.get(thread);
      if (wait != null) {
        end(wait);
      } else if (thread.isAlive()) {
        unparked.add(thread);
        if (!members.contains(thread)) {
          returned(outside.computeIfAbsent(thread, guest -> new Participant(guest, false)));
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Interrupts a thread. Time stands still until the thread has handled it. */
  public void interrupt(Thread thread) {
    self();
    thread.interrupt();
    lock.lock();
    try {
      Wait wait = waits.get(thread);
      if (wait != null) {
        end(wait);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Runs an action at an instant; never at {@link #NEVER}. */
  @Override
  public Timer schedule(long at, Runnable action) {
    self();
    lock.lock();
    try {
      if (at == NEVER) {
        return () -> {};
      }
      changes++;
      Event event = add(at, null, new Action(action, Thread.currentThread()));
      passTime();
      return () -> cancel(event);
    } finally {
      lock.unlock();
    }
  }

  private void cancel(Event event) {
    lock.lock();
    try {
      events.remove(event);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Thread start(String name, Runnable body) {
    self();
    return startMember(name, body);
  }

  private Thread startMember(String name, Runnable body) {
    lock.lock();
    try {
      Thread thread =
          Thread.ofVirtual()
              .inheritInheritableThreadLocals(false)
              .name(name)
              .unstarted(() -> runMember(body));
      made++;
      changes++;
      members.add(thread);
      working.add(thread);
      watch();
      boolean started = false;
      try {
        thread.start();
        started = true;
      } finally {
        if (!started) {
          leave(thread);
        }
      }
      return thread;
    } finally {
      lock.unlock();
    }
  }

  private void runMember(Runnable body) {
    Thread current = Thread.currentThread();
    participant.set(new Participant(current, true));
    try {
      body.run();
    } finally {
      leave(current);
    }
  }

  private void leave(Thread thread) {
    lock.lock();
    try {
      changes++;
      members.remove(thread);
      unparked.remove(thread);
      working.remove(thread);
      passTime();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Runs a body in a member of this time and waits for its end: in real time, or in this time if
   * the caller is a member itself.
   *
   * @throws Exception if the body throws it
   * @throws IllegalStateException if all threads wait for an event that does not happen, or a
   *     member is stuck; the message has the threads, their blockers and a remedy
   */
  @SuppressWarnings("CollectionUndefinedEquality") // a future is itself alone
  public <T extends @Nullable Object> T run(Callable<T> body) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    lock.lock();
    try {
      runs.add(result);
      hasRun = true;
      startMember(
          "run",
          () -> {
            try {
              result.complete(body.call());
            } catch (Throwable e) {
              result.completeExceptionally(e);
            }
          });
      Participant self = participant.get();
      if (self != null && !self.member) {
        // It has nothing to do until the body has ended.
        self.present = false;
        outside.remove(self.thread);
      }
    } finally {
      lock.unlock();
    }
    try {
      return isMember() ? await(result) : result.get();
    } catch (ExecutionException | CompletionException e) {
      if (e.getCause() instanceof Exception exception) {
        throw exception;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    } finally {
      lock.lock();
      try {
        runs.remove(result);
      } finally {
        lock.unlock();
      }
    }
  }

  private boolean isMember() {
    Participant self = participant.get();
    return self != null && self.member;
  }

  /** Waits, in this time, for a stage, and returns its result or throws its exception. */
  @SuppressWarnings("FutureReturnValueIgnored") // the future itself says how it ends
  public <T extends @Nullable Object> T await(CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    Thread current = Thread.currentThread();
    future.whenComplete((value, failure) -> unpark(current));
    while (!future.isDone()) {
      if (current.isInterrupted()) {
        throw new CompletionException(new InterruptedException());
      }
      park(future, NEVER);
    }
    return future.join();
  }

  private Event add(long at, @Nullable Wait wait, @Nullable Action action) {
    Event event = new Event(Math.max(at, now), orders++, wait, action);
    events.add(event);
    return event;
  }

  /** Ends the wait of a thread, which counts as working from now on. */
  private void end(Wait wait) {
    Thread thread = wait.participant.thread;
    if (waits.remove(thread, wait)) {
      wait.over = true;
      if (wait.deadline != null) {
        events.remove(wait.deadline);
      }
      wait.participant.woken = true;
      changes++;
      if (wait.participant.member) {
        working.add(thread);
        watch();
      } else {
        returned(wait.participant);
      }
      LockSupport.unpark(thread);
    }
  }

  /** Advances from event to event until a thread works or may work. */
  private void passTime() {
    boolean go = true;
    while (go) {
      noticeInterrupts();
      if (isBusy()) {
        return;
      }
      if (events.isEmpty() && (runs.isEmpty() || waits.isEmpty())) {
        return;
      }
      if (events.isEmpty() || anyMayWorkOutside()) {
        watch();
        LockSupport.unpark(watcher);
        return;
      }
      go = step();
    }
  }

  private boolean isBusy() {
    return !working.isEmpty() || !acting.isEmpty();
  }

  /** An interrupted thread counts as working, even before it runs. */
  private void noticeInterrupts() {
    if (!isBusy()) {
      waits.values().stream().filter(Wait::isInterrupted).toList().forEach(this::end);
    }
  }

  private boolean anyMayWorkOutside() {
    if (threads.hasNew(made) && fruitless < MOST_FRUITLESS) {
      newcomers = true;
    }
    made = 0;
    outside.keySet().removeIf(guest -> !guest.isAlive());
    return newcomers || !outside.isEmpty();
  }

  /** Runs the next event. False if there is none. */
  private boolean step() {
    Event event = events.poll();
    if (event == null) {
      return false;
    }
    changes++;
    now = event.at;
    if (event.waiting != null) {
      end(event.waiting);
    } else if (event.action != null) {
      act(event.action);
    }
    return true;
  }

  /**
   * Runs an action without the lock. Its exceptions go to the handler of the thread that scheduled
   * it and do not affect the thread that runs it.
   */
  private void act(Action action) {
    Thread current = Thread.currentThread();
    Participant self = participant.get();
    if (self == null) {
      self = new Participant(current, false);
      participant.set(self);
    }
    acting.add(current);
    self.acts = true;
    lock.unlock();
    try {
      action.body.run();
    } catch (RuntimeException | Error e) {
      Thread thread = action.thread.isAlive() ? action.thread : current;
      thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
    } finally {
      lock.lock();
      self.acts = false;
      acting.remove(current);
    }
  }

  /** Starts the watching thread if there is a reason to watch. */
  private void watch() {
    if (watcher == null) {
      Thread thread =
          Thread.ofPlatform().daemon().name("virtual-time-watch").unstarted(this::keepWatch);
      made++;
      watcher = thread;
      thread.start();
    }
  }

  private void keepWatch() {
    long before = System.nanoTime();
    Watch watch = new Watch();
    do {
      LockSupport.parkNanos(watch.pauseNanos);
      long after = System.nanoTime();
      watch.passed = after - before;
      before = after;
    } while (look(watch));
  }

  /** The state of the watching thread between two checks. */
  private static final class Watch {
    long pauseNanos = PATROL_NANOS;

    /** Since the last check. */
    long passed;

    /** The number of checks in a row that saw no thread work. */
    int quiet;

    /** The number of checks since time last advanced. */
    int glances;

    long changes = -1;

    /** The time without a call or an event. */
    long stood;

    /** A computer that was asleep does not make it longer. */
    long passed() {
      return Math.min(passed, 2 * PATROL_NANOS);
    }
  }

  /** Checks once; false if there is no more reason to watch. */
  private boolean look(Watch watch) {
    lock.lock();
    try {
      boolean still = watch.changes == changes;
      watch.stood = still ? watch.stood + watch.passed() : 0;
      watch.quiet = still ? watch.quiet : 0;
      noticeInterrupts();
      if (isBusy()) {
        watch.pauseNanos = PATROL_NANOS;
        watch.glances = 0;
        Set<Thread> busy = new LinkedHashSet<>(working);
        busy.addAll(acting);
        if (stuck.look(busy, watch.passed())) {
          stuck.forget();
          reportStuck(busy);
        }
      } else if (!events.isEmpty()) {
        glance(watch);
      } else if (!runs.isEmpty() && !waits.isEmpty()) {
        if (watch.stood >= PATIENCE_NANOS) {
          watch.stood = 0;
          reportStandstill();
        }
      } else if (watch.stood >= LINGER_NANOS) {
        watcher = null;
        return false;
      }
      watch.changes = changes;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Advances time by an event if it has been quiet for long enough. */
  private void glance(Watch watch) {
    stuck.forget();
    watch.glances++;
    boolean many = watch.glances > MANY_GLANCES;
    boolean whole = watch.passed >= GLANCE_NANOS;
    boolean late = watch.passed > watch.pauseNanos + LATE_NANOS;
    watch.pauseNanos = many ? 5 * GLANCE_NANOS : GLANCE_NANOS;
    if (anyWorksOutside()) {
      watch.quiet = 0;
    } else if (whole && (many || !late)) {
      watch.quiet++;
    }
    if (watch.quiet < quietGlances()) {
      return;
    }
    // From now on their next call shows them; a call just before this is seen.
    outside
        .values()
        .forEach(guest -> {
          guest.present = false;
          guest.idle++;
        });
    if (anyWorksOutside() || threads.anyIsWoken(waits.keySet())) {
      watch.quiet = 0;
      return;
    }
    outside.values().removeIf(guest -> !guest.waits || guest.idle > MOST_IDLE);
    fruitless += newcomers && outside.isEmpty() ? 1 : 0;
    newcomers = false;
    watch.quiet = 0;
    watch.glances = 0;
    step();
    passTime();
  }

  private int quietGlances() {
    boolean platform =
        outside.keySet().stream()
            .anyMatch(guest -> !guest.isVirtual() && guest.getState() != Thread.State.RUNNABLE);
    if (platform) {
      return QUIET_GLANCES_OF_PLATFORM;
    }
    return newcomers ? QUIET_GLANCES_OF_NEW : QUIET_GLANCES;
  }

  private boolean anyWorksOutside() {
    outside.keySet().removeIf(guest -> !guest.isAlive());
    boolean unknown = threads.anyWorks(outside.keySet(), System.nanoTime());
    // A thread that waits for the lock is on its way here.
    return unknown
        || lock.hasQueuedThreads()
        || outside.values().stream()
            .anyMatch(guest -> guest.woken || OutsideThreads.works(guest.thread));
  }

  private void reportStandstill() {
    String text = "all threads wait for an event that does not happen:" + waitsText();
    runs.forEach(run -> run.completeExceptionally(new IllegalStateException(text)));
    List.copyOf(waits.keySet()).forEach(Thread::interrupt);
  }

  private String waitsText() {
    StringBuilder text = new StringBuilder();
    waits.forEach((thread, wait) ->
        text.append("\n  ").append(StuckCheck.name(thread)).append(" for ").append(wait.blocker));
    return text.toString();
  }

  /** Fails the runs that hang because members wait outside of this time. */
  private void reportStuck(Set<Thread> threads) {
    StringBuilder text =
        new StringBuilder("virtual time stands still: a participating thread waits elsewhere:");
    threads.forEach(thread -> text.append(StuckCheck.describe(thread)));
    text.append(
        "\nWait for a future with VirtualTime.await instead of get or join, and sleep with"
            + " VirtualTime.sleep. If a thread must wait for anything else that takes virtual time,"
            + " start it yourself instead of with VirtualTime.start or run.");
    if (!waits.isEmpty()) {
      text.append("\nIn this time wait:").append(waitsText());
    }
    String message = text.toString();
    boolean told = !runs.isEmpty() || waits.values().stream().anyMatch(w -> !w.participant.member);
    if (!told) {
      // A thread that one run left behind does not affect another.
      if (!hasRun && !threads.equals(logged)) {
        logged = threads;
        LOGGER.log(System.Logger.Level.ERROR, message);
      }
      return;
    }
    runs.forEach(run -> run.completeExceptionally(new IllegalStateException(message)));
    for (Wait wait : List.copyOf(waits.values())) {
      if (runs.isEmpty() && !wait.participant.member) {
        wait.failure = message;
        end(wait);
      } else {
        wait.participant.thread.interrupt();
      }
    }
    threads.forEach(Thread::interrupt);
  }

  /** The time that has passed. */
  @Override
  public String toString() {
    return "virtual time " + Durations.print(Duration.ofNanos(now));
  }
}
