package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.limit.LimitSnapshot;
import dev.headway.limit.Rule;
import dev.headway.throttle.spi.LimitSet;
import dev.headway.throttle.spi.RemoteLimits;
import dev.headway.time.Durations;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A throttle of this process: one partition of a {@link ThrottleQueue}. */
final class QueuedThrottle implements Throttle {

  /** How long a caller whose time is up waits for the last answer of a remote limit. */
  private static final long GRACE = 100_000_000;

  /** The JFR event of a permit, by which it is known whether a recording has them. */
  private static final QueuedPermit.@Nullable JfrEvent RECORDED =
      Settings.HAS_JFR ? new QueuedPermit.JfrEvent() : null;

  private final Settings settings;
  private final ThrottleQueue queue;
  private final Partition partition;
  private final long headStartNanos;
  private final boolean silent;

  private QueuedThrottle(
      Settings settings, ThrottleQueue queue, Partition partition, long headStartNanos) {
    this.settings = settings;
    this.queue = queue;
    this.partition = partition;
    this.headStartNanos = headStartNanos;
    this.silent = settings.isSilent();
  }

  /** A throttle with a queue of its own. */
  static QueuedThrottle of(Settings settings, List<Rule> rules) {
    return of(settings, new Partition(new LimitSet(rules), null));
  }

  private static QueuedThrottle of(Settings settings, Partition partition) {
    return new QueuedThrottle(settings, new ThrottleQueue(settings.time()), partition, 0);
  }

  /** A throttle whose limits are decided on elsewhere. */
  static QueuedThrottle remote(Settings settings, RemoteLimits remote) {
    ThrottleQueue queue = new ThrottleQueue(settings.time());
    return new QueuedThrottle(settings, queue, remotePartition(remote, queue, null), 0);
  }

  private static Partition remotePartition(
      RemoteLimits remote, ThrottleQueue queue, @Nullable Partition outer) {
    Partition partition = new Partition(remote, outer);
    remote.connect(new RemoteQueueAccess(queue, partition, remote));
    return partition;
  }

  /** A throttle without limits, which counts no callers as long as it has none. */
  static QueuedThrottle unlimited() {
    Settings settings =
        new Settings(
            "unlimited",
            Optional.empty(),
            Long.MAX_VALUE,
            Optional.empty(),
            Settings.SILENT,
            TimeSource.system());
    return of(settings, Partition.unlimited());
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public TimeSource timeSource() {
    return settings.time();
  }

  /** Whether every caller starts, and there is no listener. */
  private boolean isOpen() {
    return silent && partition.open;
  }

  @Override
  public Permit acquire() throws InterruptedException {
    return acquire(Cost.one());
  }

  @Override
  public Permit acquire(Cost cost) throws InterruptedException {
    throwIfInterrupted();
    if (isOpen()) {
      return new UnlimitedPermit(cost);
    }
    long started = queue.tryStart(partition, cost);
    if (started != ThrottleQueue.NOT_STARTED) {
      return granted(cost, started);
    }
    BlockingWaiter waiter = waiter(cost);
    Permit permit = waiter.acquire(settings.maxWaitNanos(), GRACE);
    if (permit == null) {
      throw waiter.timedOut();
    }
    return permit;
  }

  @Override
  public Optional<Permit> tryAcquire() {
    return tryAcquire(Cost.one());
  }

  @Override
  public Optional<Permit> tryAcquire(Cost cost) {
    if (isOpen()) {
      return Optional.of(new UnlimitedPermit(cost));
    }
    long started = queue.tryStart(partition, cost);
    if (started != ThrottleQueue.NOT_STARTED) {
      return Optional.of(granted(cost, started));
    }
    return tryEnter(cost);
  }

  private Optional<Permit> tryEnter(Cost cost) {
    if (partition.own instanceof RemoteLimits remote) {
      return askAtOnce(cost, remote);
    }
    BlockingWaiter visitor = waiter(cost);
    queue.tryEnter(partition, visitor);
    if (visitor.rejection != null) {
      throw visitor.rejection.exception(name());
    }
    return visitor.state == Waiter.State.GRANTED
        ? Optional.of(granted(visitor.permit()))
        : Optional.empty();
  }

  /** Waits for the answer of a remote limit only. */
  private Optional<Permit> askAtOnce(Cost cost, RemoteLimits remote) {
    try {
      long grace = 2 * Math.min(TimeSource.NEVER / 2, Durations.nanos(remote.timeout()));
      BlockingWaiter visitor = waiter(cost);
      visitor.onlyAsks = true;
      return Optional.ofNullable(visitor.acquire(0, grace));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  @Override
  public Optional<Permit> tryAcquireUpTo(long most) {
    Cost.permits(most);
    if (partition.remote || isOpen()) {
      return Throttle.super.tryAcquireUpTo(most);
    }
    ThrottleQueue.Start start = queue.tryStartUpTo(partition, most);
    return start == null ? tryAcquire() : Optional.of(granted(start.cost(), start.at()));
  }

  @Override
  public Optional<Permit> tryAcquire(Cost cost, Duration timeout) throws InterruptedException {
    throwIfInterrupted();
    if (isOpen()) {
      return Optional.of(new UnlimitedPermit(cost));
    }
    long started = queue.tryStart(partition, cost);
    if (started != ThrottleQueue.NOT_STARTED) {
      return Optional.of(granted(cost, started));
    }
    long nanos = Math.min(Math.max(0, Durations.nanos(timeout)), settings.maxWaitNanos());
    return Optional.ofNullable(waiter(cost).acquire(nanos, GRACE));
  }

  private BlockingWaiter waiter(Cost cost) {
    return new BlockingWaiter(settings, queue, partition, cost, headStartNanos);
  }

  private static void throwIfInterrupted() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  @Override
  public CompletableFuture<Permit> acquireAsync(Cost cost) {
    if (isOpen()) {
      return CompletableFuture.completedFuture(new UnlimitedPermit(cost));
    }
    try {
      long started = queue.tryStart(partition, cost);
      if (started != ThrottleQueue.NOT_STARTED) {
        return CompletableFuture.completedFuture(granted(cost, started));
      }
    } catch (IllegalArgumentException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      return CompletableFuture.failedFuture(e);
    }
    AsyncWaiter waiter = new AsyncWaiter(settings, queue, partition, cost, headStartNanos);
    waiter.start();
    return waiter.future();
  }

  private Permit granted(Cost cost, long started) {
    return granted(new QueuedPermit(queue, partition, cost, started, 0, true));
  }

  /** A start counts from the decision, unless a listener or a recording has it first. */
  private Permit granted(QueuedPermit permit) {
    if (!silent || (RECORDED != null && RECORDED.isEnabled())) {
      ThrottleListener recorder = Settings.HAS_JFR ? JfrRecorder.ofGrant() : null;
      permit.confirm(Observation.of(settings, permit.cost(), recorder));
    }
    return permit;
  }

  /** The same throttle; if it is of this kind and has no key, its events name one. */
  static Throttle forKey(Object key, Throttle throttle) {
    return throttle instanceof QueuedThrottle made && made.settings.key().isEmpty()
        ? new QueuedThrottle(
            made.settings.forKey(made.name(), key), made.queue, made.partition, made.headStartNanos)
        : throttle;
  }

  @Override
  public Throttle withPriority(Duration headStart) {
    Duration sum = HeadStarts.add(Duration.ofNanos(headStartNanos), headStart);
    return new QueuedThrottle(settings, queue, partition, sum.toNanos());
  }

  @Override
  public <K> KeyedThrottle<K> keyed(BiConsumer<? super K, ? super LimitsUpdate> rules) {
    Function<K, Throttle> maker =
        key -> {
          Partition inner =
              partition.own instanceof RemoteLimits remote
                  ? remotePartition(remote.child(String.valueOf(key)), queue, partition)
                  : new Partition(new LimitSet(List.of()), partition);
          Throttle throttle =
              new QueuedThrottle(settings.forKey(name() + "/" + key, key), queue, inner, 0);
          throttle.update(limits -> rules.accept(key, limits));
          return throttle;
        };
    return new KeyedThrottle<>(maker, timeSource());
  }

  @Override
  public Snapshot snapshot() {
    return new SnapshotReader(name(), queue, partition, headStartNanos).read();
  }

  @Override
  public void pauseFor(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException(
          "a pause must not be negative: " + Durations.print(duration));
    }
    long until = Math.min(Durations.after(timeSource().nanoTime(), duration), TimeSource.NEVER - 1);
    queue.change(
        partition,
        (now, deferred) -> {
          partition.own.pauseUntil(until);
          return until;
        });
    tell((name, key, at) -> new ThrottleEvent.Paused(name, key, at, duration));
  }

  private void tell(Settings.EventMaker event) {
    settings.tell(event, Settings.HAS_JFR ? JfrRecorder.ofThrottle() : null);
  }

  /** A throttle of another priority is the same partition, which pauses once. */
  @Override
  public void pauseFor(ThrottledException told) {
    if (told.isFirstFor(partition)) {
      Throttle.super.pauseFor(told);
    }
  }

  @Override
  public void pause() {
    long period = queue.locked(now -> partition.longestPeriod());
    pauseFor(period == 0 ? Duration.ofSeconds(1) : Duration.ofNanos(period));
  }

  @Override
  public void resume() {
    queue.change(
        partition,
        (now, deferred) -> {
          partition.own.resume();
          return now;
        });
    tell(ThrottleEvent.Resumed::new);
  }

  @Override
  public void close() {
    if (queue.close(partition)) {
      tell(ThrottleEvent.Closed::new);
    }
  }

  @Override
  public void update(List<Rule> changed, boolean dropOthers) {
    List<LimitSnapshot> rules = queue.update(partition, changed, dropOthers);
    if (partition.own instanceof RemoteLimits remote) {
      remote.confirmUpdate();
    }
    tell((name, key, at) -> new ThrottleEvent.Updated(name, key, at, rules));
  }

  /** The name and the limits. */
  @Override
  public String toString() {
    return name()
        + queue.locked(now -> partition.own.snapshot()).stream().map(LimitSnapshot::limit).toList();
  }
}
