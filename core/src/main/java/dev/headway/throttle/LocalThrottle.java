package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.limit.LimitSnapshot;
import dev.headway.limit.Rule;
import dev.headway.throttle.spi.Counters;
import dev.headway.throttle.spi.LimitSet;
import dev.headway.throttle.spi.RemoteLimits;
import dev.headway.throttle.spi.RemoteSnapshot;
import dev.headway.time.Durations;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A throttle of this process: the face of one lane of a {@link Gate}. */
final class LocalThrottle implements Throttle {

  private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

  /** Stands for the expected wait of a caller that did not have to. */
  private static final long STARTED = -1;

  /** How long a caller whose time is up goes on waiting for what the store has to say of it. */
  private static final long GRACE = 100_000_000;

  private final Settings settings;
  private final TimeSource time;
  private final Gate gate;
  private final Lane lane;
  private final long headStartNanos;
  private final boolean silent;

  private LocalThrottle(Settings settings, Gate gate, Lane lane, long headStartNanos) {
    this.settings = settings;
    this.time = settings.time();
    this.gate = gate;
    this.lane = lane;
    this.headStartNanos = headStartNanos;
    this.silent = settings.isSilent();
  }

  /** A throttle with a gate of its own. */
  public static Throttle of(Settings settings, List<Rule> rules) {
    Lane lane = new Lane(new LimitSet(rules), null);
    return new LocalThrottle(settings, new Gate(settings.time()), lane, 0);
  }

  /** A throttle whose limits are decided on elsewhere. */
  public static LocalThrottle remote(Settings settings, RemoteLimits remote) {
    Gate gate = new Gate(settings.time());
    return new LocalThrottle(settings, gate, remoteLane(remote, gate, null), 0);
  }

  private static Lane remoteLane(RemoteLimits remote, Gate gate, @Nullable Lane outer) {
    Lane lane = new Lane(remote, outer);
    remote.connect(gate.accessFor(lane, remote));
    return lane;
  }

  /** A throttle without rules, which counts nobody as long as it has none. */
  public static Throttle unlimited(Settings settings) {
    return new LocalThrottle(settings, new Gate(settings.time()), Lane.open(), 0);
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public TimeSource timeSource() {
    return time;
  }

  /** Whether all go through, and nobody wants to hear of it. */
  private boolean isOpen() {
    return silent && lane.open;
  }

  @Override
  public Permit acquire(Cost cost) throws InterruptedException {
    if (isOpen()) {
      throwIfInterrupted();
      return new OpenPermit(cost);
    }
    throwIfInterrupted();
    long started = gate.tryStart(lane, cost);
    if (started != Gate.NOT_STARTED) {
      return granted(LocalPermit.started(gate, lane, cost, started));
    }
    Duration longest = settings.maxWait().orElse(FOREVER);
    Permit permit = await(cost, deadline(longest), GRACE, false);
    if (permit == null) {
      throw waitedTooLong(longest);
    }
    return permit;
  }

  @Override
  public Optional<Permit> tryAcquire(Cost cost) {
    if (isOpen()) {
      return Optional.of(new OpenPermit(cost));
    }
    long started = gate.tryStart(lane, cost);
    if (started != Gate.NOT_STARTED) {
      return Optional.of(granted(LocalPermit.started(gate, lane, cost, started)));
    }
    if (lane.own instanceof RemoteLimits remote) {
      return askAtOnce(cost, remote);
    }
    LocalPermit permit = gate.tryEnter(lane, cost, headStartNanos);
    return permit == null ? Optional.empty() : Optional.of(granted(permit));
  }

  /** Hears what the store says of a caller that does not wait otherwise. */
  private Optional<Permit> askAtOnce(Cost cost, RemoteLimits remote) {
    try {
      long grace = 2 * Math.min(TimeSource.NEVER / 2, Durations.nanos(remote.timeout()));
      return Optional.ofNullable(await(cost, time.nanoTime(), grace, true));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  @Override
  public Optional<Permit> tryAcquire(Cost cost, Duration timeout) throws InterruptedException {
    if (isOpen()) {
      throwIfInterrupted();
      return Optional.of(new OpenPermit(cost));
    }
    throwIfInterrupted();
    long started = gate.tryStart(lane, cost);
    if (started != Gate.NOT_STARTED) {
      return Optional.of(granted(LocalPermit.started(gate, lane, cost, started)));
    }
    Duration longest =
        settings.maxWait().filter(maxWait -> maxWait.compareTo(timeout) < 0).orElse(timeout);
    return Optional.ofNullable(await(cost, deadline(longest), GRACE, false));
  }

  /** Waits until a deadline; null if that has passed. */
  private @Nullable Permit await(Cost cost, long deadline, long grace, boolean onlyAsks)
      throws InterruptedException {
    Permit permit = null;
    while (permit == null) {
      BlockingWaiter waiter = new BlockingWaiter(time, cost, headStartNanos);
      waiter.onlyAsks = onlyAsks;
      boolean over;
      try {
        enter(waiter);
        over = waiter.await(gate, lane, deadline, grace);
      } catch (InterruptedException e) {
        gaveUp(waiter);
        throw e;
      } catch (RuntimeException | Error e) {
        giveUpAnyway(waiter);
        throw e;
      }
      if (!over) {
        gaveUp(waiter);
        return null;
      }
      permit = outcome(waiter);
    }
    return permit;
  }

  /** A time source has failed under a caller that waits: it leaves no trace. */
  private void giveUpAnyway(Waiter waiter) {
    if (!gate.leave(lane, waiter) && waiter.permit != null) {
      waiter.permit.close();
    }
  }

  private static void throwIfInterrupted() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  @Override
  public CompletableFuture<Permit> acquireAsync(Cost cost) {
    if (isOpen()) {
      return CompletableFuture.completedFuture(new OpenPermit(cost));
    }
    AsyncWaiter waiter = null;
    try {
      long started = gate.tryStart(lane, cost);
      if (started != Gate.NOT_STARTED) {
        return CompletableFuture.completedFuture(
            granted(LocalPermit.started(gate, lane, cost, started)));
      }
      waiter = new AsyncWaiter(gate, lane, this, cost, headStartNanos);
      enter(waiter);
      Duration longest = settings.maxWait().orElse(FOREVER);
      long deadline = deadline(longest);
      if (deadline != TimeSource.NEVER) {
        waiter.expire(deadline, waitedTooLong(longest));
      }
      waiter.entered();
      return waiter.future();
    } catch (IllegalArgumentException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      if (waiter != null) {
        giveUpAnyway(waiter);
      }
      return CompletableFuture.failedFuture(e);
    }
  }

  private long deadline(Duration wait) {
    return Durations.after(time.nanoTime(), wait);
  }

  private void enter(Waiter waiter) {
    Newcomer newcomer = new Newcomer(waiter);
    try {
      gate.enter(lane, waiter, newcomer);
    } catch (RuntimeException e) {
      refused(waiter, e);
      throw e;
    }
    if (!waiter.onlyAsks) {
      settings.tell(listener -> listener.onQueue(name(), waiter.cost));
    }
    newcomer.entered();
  }

  /** A caller that may have to wait, or to go. */
  private final class Newcomer implements Gate.Refusal {
    private final Waiter waiter;
    private volatile long expected = STARTED;

    Newcomer(Waiter waiter) {
      this.waiter = waiter;
    }

    @Override
    public @Nullable RuntimeException of(int ahead, LongSupplier waitNanos) {
      if (waiter.onlyAsks) {
        return null;
      }
      expected = settings.asksHowLong() ? waitNanos.getAsLong() : 0;
      return refusal(ahead, expected);
    }

    /** It is in line. */
    void entered() {
      if (expected != STARTED && !waiter.postponed) {
        waits();
      }
    }

    @Override
    public void waits() {
      if (waiter.onlyAsks) {
        return;
      }
      settings.tell(listener -> listener.onWait(name(), waiter.cost, Duration.ofNanos(expected)));
    }
  }

  private @Nullable RuntimeException refusal(int ahead, long waitNanos) {
    if (ahead >= settings.maxWaiting()) {
      return new QueueFullException(
          "as many wait for \"" + name() + "\" as may: " + settings.maxWaiting());
    }
    Duration wait = Duration.ofNanos(waitNanos);
    return settings
        .maxWait()
        .filter(longest -> wait.compareTo(longest) > 0)
        .map(longest ->
            new WaitTooLongException(
                "the wait for \""
                    + name()
                    + "\" would be at least "
                    + Durations.print(wait)
                    + ", and may be at most "
                    + Durations.print(longest)))
        .orElse(null);
  }

  private AcquireTimeoutException waitedTooLong(Duration longest) {
    return new AcquireTimeoutException(
        "waited for \"" + name() + "\" as long as may be: " + Durations.print(longest));
  }

  /** What starts at once counts from then, unless it is held up by somebody who hears of it. */
  private Permit granted(LocalPermit permit) {
    return silent ? permit : Objects.requireNonNull(sentOn(permit));
  }

  /**
   * Lets it be heard that a permit was granted, and the caller go on; null if the permit has
   * lapsed.
   */
  private @Nullable Permit sentOn(LocalPermit permit) {
    settings.tell(listener -> listener.onGrant(name(), permit.cost(), permit.waited()));
    try {
      if (!gate.goOn(permit)) {
        return null;
      }
    } catch (RuntimeException | Error e) {
      permit.close();
      throw e;
    }
    return silent ? permit : new HeardPermit(permit, settings);
  }

  private void refused(Waiter waiter, RuntimeException reason) {
    settings.tell(listener -> listener.onRefuse(name(), waiter.cost, reason));
  }

  /**
   * What was granted to a caller in line; throws what its wait has failed with. Null if what was
   * granted has lapsed, since the caller got no time to go on.
   */
  @Nullable Permit outcome(Waiter waiter) {
    LocalPermit permit;
    try {
      permit = waiter.outcome();
    } catch (RuntimeException e) {
      refused(waiter, e);
      throw e;
    }
    return sentOn(permit);
  }

  void gaveUp(Waiter waiter) {
    if (waiter.onlyAsks) {
      return;
    }
    Duration waited = Duration.ofNanos(time.nanoTime() - waiter.since);
    settings.tell(listener -> listener.onGiveUp(name(), waiter.cost, waited));
  }

  @Override
  public Throttle withPriority(Duration headStart) {
    Duration sum = Priority.add(Duration.ofNanos(headStartNanos), headStart);
    return new LocalThrottle(settings, gate, lane, sum.toNanos());
  }

  @Override
  public <K> KeyedThrottle<K> keyed(BiConsumer<? super K, ? super Limits> rules) {
    Function<K, Throttle> maker =
        key -> {
          Settings named = settings.named(name() + "/" + key);
          Lane inner =
              lane.own instanceof RemoteLimits remote
                  ? remoteLane(remote.child(String.valueOf(key)), gate, lane)
                  : new Lane(new LimitSet(List.of()), lane);
          Throttle throttle = new LocalThrottle(named, gate, inner, 0);
          throttle.update(limits -> rules.accept(key, limits));
          return throttle;
        };
    return new KeyedThrottle<>(maker, time);
  }

  @Override
  public Snapshot snapshot() {
    return lane.own instanceof RemoteLimits remote && gate.under(now -> remote.isRemote())
        ? snapshot(remote)
        : localSnapshot();
  }

  private Snapshot snapshot(RemoteLimits remote) {
    List<LimitSnapshot> rules = gate.under(now -> remote.snapshot());
    RemoteSnapshot all = remote.remoteSnapshot();
    return new Snapshot(
        name(),
        rules,
        all.waiting(),
        all.running(),
        all.available(),
        all.untilNextStart(),
        all.untilNextStart().map(time.instant()::plus),
        all.idle(),
        all.granted(),
        all.refused(),
        all.abandoned(),
        all.waited());
  }

  private Snapshot localSnapshot() {
    return gate.read(now -> {
      Counters totals = lane.own.totals;
      long ready = lane.readyAt(now, Cost.one());
      long next =
          ready == TimeSource.NEVER ? ready : lane.forecast(now, Cost.one(), headStartNanos);
      next = Math.max(next, gate.reservedUntil(lane, now, headStartNanos));
      Optional<Duration> until =
          next == TimeSource.NEVER
              ? Optional.empty()
              : Optional.of(Duration.ofNanos(Math.max(0, next - now)));
      return new Snapshot(
          name(),
          lane.own.snapshot(),
          totals.waiting,
          totals.running,
          lane.available(now),
          until,
          until.map(time.instant()::plus),
          lane.own.idle(now),
          totals.granted,
          totals.refused,
          totals.abandoned,
          Duration.ofNanos(totals.waitedNanos));
    });
  }

  @Override
  public void pauseFor(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException(
          "a pause must not be negative: " + Durations.print(duration));
    }
    long until = Math.min(deadline(duration), TimeSource.NEVER - 1);
    gate.change(
        lane,
        now -> {
          lane.own.pauseUntil(until);
          return until;
        });
    settings.tell(listener -> listener.onPause(name(), duration));
  }

  @Override
  public void pause() {
    long period = gate.change(lane, now -> lane.longestPeriod());
    pauseFor(period == 0 ? Duration.ofSeconds(1) : Duration.ofNanos(period));
  }

  @Override
  public void update(List<Rule> changed, boolean dropOthers) {
    List<LimitSnapshot> rules = gate.update(lane, changed, dropOthers);
    if (lane.own instanceof RemoteLimits remote) {
      remote.confirmUpdate();
    }
    settings.tell(listener -> listener.onUpdate(name(), rules));
  }

  /** The name and the rules. */
  @Override
  public String toString() {
    return name()
        + gate.under(now -> lane.own.snapshot()).stream().map(LimitSnapshot::limit).toList();
  }
}
