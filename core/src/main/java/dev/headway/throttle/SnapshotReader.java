package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.limit.LimitSnapshot;
import dev.headway.throttle.spi.Counters;
import dev.headway.throttle.spi.RemoteLimits;
import dev.headway.throttle.spi.RemoteSnapshot;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads the snapshot of a throttle: of this process, or, with remote limits, of all. */
final class SnapshotReader {

  private final String throttle;
  private final ThrottleQueue queue;
  private final Partition partition;
  private final long headStartNanos;

  SnapshotReader(String throttle, ThrottleQueue queue, Partition partition, long headStartNanos) {
    this.throttle = throttle;
    this.queue = queue;
    this.partition = partition;
    this.headStartNanos = headStartNanos;
  }

  Snapshot read() {
    return partition.own instanceof RemoteLimits remote && queue.locked(now -> remote.isRemote())
        ? readRemote(remote)
        : queue.read(this::readLocal);
  }

  private Snapshot readRemote(RemoteLimits remote) {
    List<LimitSnapshot> limits = queue.locked(now -> remote.snapshot());
    RemoteSnapshot all = remote.remoteSnapshot();
    return new Snapshot(
        throttle,
        limits,
        all.waiting(),
        all.running(),
        all.available(),
        all.untilNextStart(),
        all.untilNextStart().map(queue.time.instant()::plus),
        all.idle(),
        all.granted(),
        all.refused(),
        all.abandoned(),
        all.waited());
  }

  /** Under the lock. */
  private Snapshot readLocal(long now) {
    Counters totals = partition.own.totals;
    Optional<Duration> until = untilNextStart(now);
    return new Snapshot(
        throttle,
        partition.own.snapshot(),
        totals.waiting,
        totals.running,
        partition.available(now),
        until,
        until.map(queue.time.instant()::plus),
        partition.own.idle(now),
        totals.granted,
        totals.refused,
        totals.abandoned,
        Duration.ofNanos(totals.waitedNanos));
  }

  private Optional<Duration> untilNextStart(long now) {
    long next = partition.readyAt(now, Cost.one());
    if (next != TimeSource.NEVER) {
      next = partition.forecast(now, Cost.one(), headStartNanos);
    }
    next = Math.max(next, queue.state.index.reservedUntil(partition, now - headStartNanos));
    return next == TimeSource.NEVER
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(Math.max(0, next - now)));
  }
}
