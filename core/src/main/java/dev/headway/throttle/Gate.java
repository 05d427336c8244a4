package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.limit.LimitSnapshot;
import dev.headway.limit.Rule;
import dev.headway.throttle.spi.CostSum;
import dev.headway.throttle.spi.Guard;
import dev.headway.throttle.spi.LimitSet;
import dev.headway.throttle.spi.QueueAccess;
import dev.headway.throttle.spi.RemoteLimits;
import dev.headway.throttle.spi.WaitingCaller;
import dev.headway.time.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where callers wait: all the queueing of a throttle, and of the throttles that share limits with
 * it.
 *
 * <p>The algorithm. All state, limits included, belongs to one guard that is held for nanoseconds.
 * A caller that finds nobody waiting and all rules ready starts at once. Any other stands in its
 * lane's line, and from then on it is served, by whichever thread changes something: a permit is
 * closed, a waiter leaves, the rules change, or the one timer rings that is set for the instant at
 * which somebody can next start. Serving means: under the guard, grant to everybody who can start
 * now, first come first served; outside it, wake them, and set the timer if nobody has. A grant is
 * made for the waiter before it wakes, so it never races for it, and a waiter that gives up before
 * it was granted leaves no trace, since nothing was charged for it.
 */
final class Gate {

  private static final System.Logger LOGGER = System.getLogger("dev.headway");

  /** What no instant of a start is. */
  static final long NOT_STARTED = -1;

  /**
   * Some microseconds: where callers follow closely on one another, one gets through often before
   * all that it works on has to move to another processor.
   */
  private static final int SPINS = 96;

  /** By how many nanoseconds a caller may be later than it is counted. */
  private static final long UNNOTICED = 1_000;

  private static final int MOST_TRIES = 4;

  /** How many may be granted before the guard is let go. */
  private static final int BATCH = 64;

  final TimeSource time;

  private final Guard guard = new Guard(SPINS);
  private final Lanes lanes = new Lanes();
  private long lastNow;
  private long arrivals;

  /** Lanes of which others are to hear that something changed, once the guard is let go. */
  private @Nullable List<Lane> changed;

  /** What is to ring, or about to be set to, when somebody can next start. */
  private @Nullable Alarm alarm;

  Gate(TimeSource time) {
    this.time = time;
  }

  /** A timer, once it has been set. */
  private static final class Alarm {
    final long at;
    TimeSource.@Nullable Timer timer;

    Alarm(long at) {
      this.at = at;
    }
  }

  /** What was decided under the guard and is to be done outside it. */
  private static final class Chores {
    final List<Refusal> waiting = new ArrayList<>();
    final List<Waiter> told = new ArrayList<>();
    TimeSource.@Nullable Timer obsolete;
    @Nullable Alarm toSet;
    boolean again;
  }

  /**
   * Starts at once if nobody waits and the rules allow it: the way of almost all callers, and so
   * small that compilers keep it in one piece.
   *
   * @return the instant of the start, or {@link #NOT_STARTED}
   */
  long tryStart(Lane lane, Cost cost) {
    // Looked up before the clock is read and the guard taken, which nothing is done ahead of.
    LimitSet sole = lane.sole;
    boolean plain = cost.budgets().isEmpty();
    long now = lock();
    try {
      if (!plain) {
        lane.checkBudgets(cost);
      }
      if (lanes.waiting() > 0) {
        return NOT_STARTED;
      }
      boolean started = sole == null ? lane.startIfReady(now, cost) : sole.startIfReady(now, cost);
      if (started && lane.isRemote()) {
        tellOthers(lane);
      }
      return started ? now : NOT_STARTED;
    } finally {
      release();
    }
  }

  /** Starts at once if the rules allow it and nobody goes before; null if not. */
  @Nullable LocalPermit tryEnter(Lane lane, Cost cost, long headStartNanos) {
    Waiter waiter;
    Chores chores;
    long now = lock();
    try {
      lane.checkBudgets(cost);
      if (lane.readyAt(now, cost) > now) {
        RuntimeException impossible = lane.impossible(cost);
        for (LimitSet level : lane.levels) {
          impossible = impossible == null ? Lanes.whyNever(lane, cost, now, level) : impossible;
        }
        if (impossible != null) {
          throw impossible;
        }
        return null;
      }
      if (lanes.waiting() == 0) {
        return grant(lane, cost, now, now);
      }
      waiter = new Visitor(cost, headStartNanos);
      chores = new Chores();
      stand(lane, waiter, now);
      serve(now, chores);
      if (waiter.state == Waiter.State.WAITING) {
        part(lane, waiter, Waiter.State.GONE);
      }
    } finally {
      release();
    }
    perform(chores);
    return waiter.state == Waiter.State.GONE ? null : waiter.outcome();
  }

  /** Somebody who does not wait. */
  private static final class Visitor extends Waiter {
    Visitor(Cost cost, long headStartNanos) {
      super(cost, headStartNanos);
    }

    @Override
    void told() {
      // It is told by what tryEnter returns.
    }
  }

  /**
   * Puts a caller in line and serves it if it can start. Where {@code refusal}, which is told how
   * many wait and can ask how long this one will at least, has an exception for one that cannot,
   * the caller leaves again with it.
   */
  void enter(Lane lane, Waiter waiter, Refusal refusal) {
    Chores chores = new Chores();
    RuntimeException refused = null;
    Throwable thrown = null;
    waiter.state = Waiter.State.GONE;
    long now = lock();
    try {
      int ahead = lane.queue.size();
      refused = lane.impossible(waiter.cost);
      stand(lane, waiter, now);
      if (refused == null) {
        try {
          serve(now, chores);
          if (waiter.state == Waiter.State.WAITING) {
            if (lane.undecided(now)) {
              waiter.refusal = refusal;
              waiter.postponed = true;
              lane.newcomers++;
            } else {
              refused = refusal.of(ahead, () -> lane.forecast(now, waiter) - now);
            }
          }
        } catch (RuntimeException | Error e) {
          thrown = e;
        }
      }
      if (thrown != null && waiter.state == Waiter.State.WAITING) {
        // A limit of a user's has failed: the caller leaves no trace.
        part(lane, waiter, Waiter.State.GONE);
        serve(now, chores);
      } else if (refused != null) {
        part(lane, waiter, Waiter.State.GONE);
        lane.count(totals -> totals.refused++);
        serve(now, chores);
      } else if (waiter.state == Waiter.State.FAILED) {
        refused = waiter.failure;
        chores.told.remove(waiter);
      }
    } finally {
      release();
    }
    perform(chores);
    if (refused != null) {
      throw refused;
    }
    if (waiter.state == Waiter.State.GONE) {
      rethrow(thrown);
    }
  }

  static void rethrow(@Nullable Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
  }

  /** Says whether a caller that would have to wait is to be refused. */
  interface Refusal {
    @Nullable RuntimeException of(int ahead, LongSupplier waitNanos);

    /** It waits, which could not be told when it came. Called outside the guard. */
    void waits();
  }

  /** Takes a caller out of the line. False if it was granted or refused before. */
  boolean leave(Lane lane, Waiter waiter) {
    Chores chores = new Chores();
    long now = lockAnyway();
    try {
      if (waiter.state != Waiter.State.WAITING) {
        return false;
      }
      part(lane, waiter, Waiter.State.GONE);
      if (!waiter.onlyAsks) {
        lane.count(totals -> totals.abandoned++);
      }
      serve(now, chores);
    } finally {
      release();
    }
    perform(chores);
    return true;
  }

  /**
   * A caller that has waited goes on: what it was granted counts from now. One that loses its
   * processor before it gets away does so again, or it would go on at another instant.
   *
   * @return false if what it was granted has lapsed meanwhile: then it has to get in line again
   */
  boolean goOn(LocalPermit permit) {
    int tries = 0;
    do {
      if (!count(permit)) {
        return false;
      }
    } while (time.nanoTime() - permit.startedAt > UNNOTICED && ++tries < MOST_TRIES);
    return true;
  }

  private boolean count(LocalPermit permit) {
    long now = lock();
    try {
      if (permit.ended) {
        return true;
      }
      if (!permit.wentOn && permit.lane.lapsed(now)) {
        permit.ended = true;
        permit.lane.forget(permit.startedAt, permit.cost());
        return false;
      }
      goOn(permit, now);
      return true;
    } catch (RuntimeException | Error e) {
      undo(permit, now);
      throw e;
    } finally {
      release();
    }
  }

  /** Takes back what was granted to a caller that cannot go on, since a limit has failed. */
  private void undo(LocalPermit permit, long now) {
    if (!permit.ended) {
      permit.ended = true;
      permit.lane.undo(permit.startedAt, now, permit.cost());
      lanes.changed(permit.lane);
      tellOthers(permit.lane);
    }
  }

  private void goOn(LocalPermit permit, long now) {
    for (LimitSet level : permit.lane.levels) {
      level.goOn(permit.startedAt, now, permit.cost(), permit.wentOn);
    }
    permit.startedAt = now;
    permit.wentOn = true;
    tellOthers(permit.lane);
  }

  /** Ends a permit. False if it had been ended. */
  boolean end(LocalPermit permit) {
    boolean anyoneWaits;
    Throwable failure;
    long now = lockAnyway();
    try {
      if (permit.ended) {
        return false;
      }
      if (permit.lane.isRemote() && !permit.wentOn) {
        goOn(permit, now);
      }
      permit.ended = true;
      failure =
          permit.arrived
              ? permit.lane.endArrived(permit.startedAt, now, permit.cost())
              : permit.lane.end(permit.startedAt, now, permit.cost());
      lanes.changed(permit.lane);
      tellOthers(permit.lane);
      anyoneWaits = lanes.waiting() > 0;
    } finally {
      release();
    }
    try {
      if (anyoneWaits) {
        serve();
      }
    } finally {
      rethrow(failure);
    }
    return true;
  }

  /** Changes something of a lane under the guard, and serves whoever can go on by it. */
  <T extends @Nullable Object> T change(Lane lane, Function<Long, T> change) {
    Chores chores = new Chores();
    T result;
    long now = lock();
    try {
      result = change.apply(now);
      lane.openOrClose(now);
      lanes.changed(lane);
      tellOthers(lane);
      if (lanes.waiting() > 0) {
        serve(now, chores);
      }
    } finally {
      release();
    }
    perform(chores);
    return result;
  }

  /** Reads something under the guard when all have been served that can be. */
  <T> T read(Function<Long, T> reader) {
    Chores chores = new Chores();
    long now = lock();
    try {
      serve(now, chores);
      return reader.apply(now);
    } finally {
      release();
      perform(chores);
    }
  }

  /** Until when at least a caller that comes now is kept waiting by others; 0 if it is not. */
  long reservedUntil(Lane lane, long now, long headStartNanos) {
    return lanes.reservedUntil(lane, now - headStartNanos);
  }

  /** Replaces rules of a lane; those who wait for what can now never start are told so. */
  List<LimitSnapshot> update(Lane lane, List<Rule> changed, boolean dropOthers) {
    Chores chores = new Chores();
    long now = lock();
    try {
      lane.own.update(now, changed, dropOthers);
      lane.openOrClose(now);
      lanes.changed(lane);
      tellOthers(lane);
      for (Lane each : lanes.inUse()) {
        if (each.has(lane.own)) {
          failImpossible(each, chores);
        }
      }
      serve(now, chores);
    } finally {
      release();
    }
    perform(chores);
    return lane.own.snapshot();
  }

  private void failImpossible(Lane lane, Chores chores) {
    for (Waiter waiter : lane.queue.all()) {
      RuntimeException why;
      try {
        why = lane.impossible(waiter.cost);
      } catch (RuntimeException | Error e) {
        why = Lanes.brokenRule(e);
      }
      if (why != null) {
        fail(lane, waiter, why, chores);
      }
    }
  }

  /** Does something under the guard of which nobody has to hear. */
  <T> T under(Function<Long, T> action) {
    long now = lock();
    try {
      return action.apply(now);
    } finally {
      guard.unlock();
    }
  }

  /** What remote limits of a lane see of this. */
  QueueAccess accessFor(Lane home, RemoteLimits rules) {
    return new QueueAccess() {
      @Override
      public TimeSource time() {
        return time;
      }

      @Override
      public <T> T locked(LongFunction<T> action) {
        return under(action::apply);
      }

      @Override
      public void onChange(long before, LongFunction<@Nullable RuntimeException> change) {
        heard(home, rules, before, change);
      }

      @Override
      public List<? extends WaitingCaller> waiting(long most) {
        return lanes.inLine(rules, lastNow, most);
      }
    };
  }

  private void heard(
      Lane home, RemoteLimits rules, long before, LongFunction<@Nullable RuntimeException> hear) {
    Chores chores = new Chores();
    long now = lock();
    try {
      RuntimeException failure = hear.apply(now);
      lanes.changed(home);
      tellOthers(home);
      for (Lane lane : lanes.inUse()) {
        if (failure != null && lane.has(rules)) {
          lane.queue.all().stream()
              .filter(waiter -> waiter.since <= before)
              .forEach(waiter -> fail(lane, waiter, failure, chores));
        }
      }
      boolean otherRules = rules.haveChanged();
      for (Lane lane : lanes.inUse()) {
        if (otherRules && lane.has(rules)) {
          failImpossible(lane, chores);
        }
      }
      serve(now, chores);
      for (Lane lane : lanes.inUse()) {
        if (lane.has(rules)) {
          answerNewcomers(lane, now, chores);
        }
      }
    } finally {
      release();
    }
    perform(chores);
  }

  /** Tells those that could not be told at once whether they may wait, and those that are late. */
  private void answerNewcomers(Lane lane, long now, Chores chores) {
    chores.told.addAll(lane.late);
    if (lane.newcomers == 0 || lane.undecided(now)) {
      return;
    }
    int ahead = 0;
    CostSum amountAhead = new CostSum();
    for (Waiter waiter : lane.queue.first(Long.MAX_VALUE)) {
      Refusal refusal = waiter.refusal;
      RuntimeException refused = null;
      if (refusal != null) {
        lane.newcomers--;
        waiter.refusal = null;
        refused = refusal.of(ahead, () -> lane.forecast(now, waiter.cost, amountAhead) - now);
      }
      if (refused == null) {
        if (refusal != null) {
          chores.waiting.add(refusal);
        }
        ahead++;
        amountAhead.add(waiter.cost);
      } else {
        fail(lane, waiter, refused, chores);
      }
    }
  }

  /**
   * Whether a caller whose time is up may still hear from the store that it can start. If so it is
   * told when the store has answered.
   */
  boolean mayBeLate(Lane lane, Waiter waiter) {
    return under(now -> {
      boolean late = waiter.state == Waiter.State.WAITING && lane.undecided(now);
      if (late && !lane.late.contains(waiter)) {
        lane.late.add(waiter);
      }
      return late;
    });
  }

  /** Serves whoever can start now. */
  void serve() {
    Chores chores = new Chores();
    chores.again = true;
    perform(chores);
  }

  private void ring(Alarm ringing) {
    forget(ringing);
    serve();
  }

  private void forget(Alarm over) {
    guard.lock();
    try {
      if (alarm == over) {
        alarm = null;
      }
    } finally {
      release();
    }
  }

  private void serve(long now, Chores chores) {
    for (int i = 0; i < BATCH; i++) {
      Lane lane = lanes.nextToStart(now, (from, waiter, why) -> fail(from, waiter, why, chores));
      if (lane == null) {
        setAlarm(chores);
        return;
      }
      grantHead(lane, now, chores);
    }
    chores.again = true;
  }

  private void grantHead(Lane lane, long now, Chores chores) {
    Waiter head = lane.head();
    try {
      head.permit = grant(lane, head.cost, head.since, now);
    } catch (RuntimeException | Error e) {
      fail(lane, head, Lanes.brokenRule(e), chores);
      return;
    }
    part(lane, head, Waiter.State.GRANTED);
    chores.told.add(head);
  }

  private void setAlarm(Chores chores) {
    long wakeAt = lanes.wakeAt();
    boolean anyoneWaits = lanes.waiting() > 0;
    if (anyoneWaits && wakeAt >= (alarm == null ? TimeSource.NEVER : alarm.at)) {
      return;
    }
    if (alarm != null && alarm.timer != null) {
      chores.obsolete = alarm.timer;
    }
    alarm = anyoneWaits ? new Alarm(wakeAt) : null;
    chores.toSet = alarm;
  }

  /** Does what was decided, and goes on serving while there is more than one batch to grant. */
  private void perform(Chores decided) {
    Chores chores = decided;
    while (true) {
      chores.waiting.forEach(Refusal::waits);
      chores.told.forEach(this::tell);
      if (chores.obsolete != null) {
        chores.obsolete.cancel();
      }
      if (chores.toSet != null) {
        set(chores.toSet);
      }
      if (!chores.again) {
        return;
      }
      chores = new Chores();
      long now = lock();
      try {
        serve(now, chores);
      } finally {
        release();
      }
    }
  }

  /** What a time source throws for one caller must not keep others from being woken. */
  private void tell(Waiter waiter) {
    try {
      waiter.told();
    } catch (RuntimeException | Error e) {
      LOGGER.log(System.Logger.Level.WARNING, "a caller could not be woken", e);
    }
  }

  private void set(Alarm toSet) {
    TimeSource.Timer timer;
    try {
      timer = time.schedule(toSet.at, () -> ring(toSet));
    } catch (RuntimeException | Error e) {
      forget(toSet);
      throw e;
    }
    boolean current;
    guard.lock();
    try {
      current = alarm == toSet;
      if (current) {
        toSet.timer = timer;
      }
    } finally {
      guard.unlock();
    }
    if (!current) {
      timer.cancel();
    }
  }

  private LocalPermit grant(Lane lane, Cost cost, long since, long now) {
    lane.start(now, cost);
    if (now > since) {
      lane.count(totals -> totals.waitedNanos += now - since);
    }
    return new LocalPermit(this, lane, cost, now, now - since);
  }

  private void fail(Lane lane, Waiter waiter, RuntimeException failure, Chores chores) {
    waiter.failure = failure;
    part(lane, waiter, Waiter.State.FAILED);
    lane.count(totals -> totals.refused++);
    chores.told.add(waiter);
  }

  private void stand(Lane lane, Waiter waiter, long now) {
    waiter.arrival = arrivals++;
    waiter.since = now;
    waiter.state = Waiter.State.WAITING;
    lanes.join(lane, waiter);
    tellOthers(lane);
  }

  private void part(Lane lane, Waiter waiter, Waiter.State state) {
    lanes.part(lane, waiter);
    waiter.state = state;
    tellOthers(lane);
  }

  /**
   * Takes the guard.
   *
   * @return the time, read before so as to keep the guard for less, and again if it was waited for;
   *     it never goes back, whichever thread read it
   */
  private long lock() {
    long read = time.nanoTime();
    if (guard.lock()) {
      read = readAgain();
    }
    lastNow = Math.max(lastNow, read);
    return lastNow;
  }

  /** Lets the guard go, and has those hear of it for whom something has changed. */
  private void release() {
    List<Lane> lanesChanged = changed;
    if (lanesChanged == null) {
      guard.unlock();
      return;
    }
    changed = null;
    guard.unlock();
    lanesChanged.forEach(Lane::attend);
  }

  /** Others than this process may have to hear of what happens in a lane. */
  private void tellOthers(Lane lane) {
    if (lane.isRemote()) {
      List<Lane> all = changed == null ? new ArrayList<>() : changed;
      changed = all;
      if (!all.contains(lane)) {
        all.add(lane);
      }
    }
  }

  /** The same for what must be done even if the time source fails: then at the last time read. */
  private long lockAnyway() {
    long read = 0;
    try {
      read = time.nanoTime();
    } catch (RuntimeException | Error e) {
      LOGGER.log(System.Logger.Level.WARNING, "a throttle's time source failed", e);
    }
    guard.lock();
    lastNow = Math.max(lastNow, read);
    return lastNow;
  }

  private long readAgain() {
    try {
      return time.nanoTime();
    } catch (RuntimeException | Error e) {
      guard.unlock();
      throw e;
    }
  }
}
