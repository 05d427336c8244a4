package dev.headway.throttle;

import dev.headway.throttle.spi.CostSum;
import dev.headway.throttle.spi.QueueAccess;
import dev.headway.throttle.spi.RemoteLimits;
import dev.headway.throttle.spi.WaitingCaller;
import dev.headway.time.TimeSource;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** The access that the remote limits of a partition have to its queue. */
final class RemoteQueueAccess implements QueueAccess {

  private final ThrottleQueue queue;
  private final Partition home;
  private final RemoteLimits limits;

  RemoteQueueAccess(ThrottleQueue queue, Partition home, RemoteLimits limits) {
    this.queue = queue;
    this.home = home;
    this.limits = limits;
  }

  @Override
  public TimeSource time() {
    return queue.time;
  }

  @Override
  public <T> T locked(LongFunction<T> action) {
    return queue.locked(action);
  }

  @Override
  public List<? extends WaitingCaller> waiting(long most) {
    return queue.waitingFor(limits, most);
  }

  @Override
  public void onChange(long cameUntil, LongFunction<@Nullable RuntimeException> change) {
    queue.change(
        home,
        (now, deferred) -> {
          RuntimeException failure = change.apply(now);
          queue.state.changed(home);
          if (failure != null) {
            rejectThoseUntil(cameUntil, failure, deferred);
          }
          if (limits.haveChanged()) {
            queue.state.rejectWhere(limits, deferred);
          }
          queue.state.serve(now, deferred);
          for (Partition partition : queue.state.partitionsOf(limits)) {
            decide(partition, now, deferred);
          }
          return Optional.empty();
        });
  }

  private void rejectThoseUntil(long cameUntil, RuntimeException failure, Deferred deferred) {
    for (Partition partition : queue.state.partitionsOf(limits)) {
      for (Waiter waiter : partition.queue.all()) {
        if (waiter.since <= cameUntil) {
          queue.state.reject(partition, waiter, new EntryDecision.Failed(failure), deferred);
        }
      }
    }
  }

  /** Says of callers that came while that was unknown whether they may wait. */
  private void decide(Partition partition, long now, Deferred deferred) {
    partition.overdue.forEach(deferred::wake);
    if (partition.undecided == 0 || partition.isUndecided(now)) {
      return;
    }
    int ahead = 0;
    CostSum costsAhead = new CostSum();
    for (Waiter waiter : partition.queue.first(Long.MAX_VALUE)) {
      EntryDecision decision = EntryDecision.GRANTED;
      if (waiter.undecided) {
        waiter.undecided = false;
        partition.undecided--;
        boolean asks = waiter.settings.needsForecast();
        long wait = asks ? partition.forecast(now, waiter.cost, costsAhead) - now : 0;
        decision = waiter.admit(ahead, wait);
      }
      if (decision instanceof EntryDecision.Rejection rejection) {
        queue.state.reject(partition, waiter, rejection, deferred);
        continue;
      }
      if (decision instanceof EntryDecision.Waiting waiting) {
        deferred.tell(() -> waiter.tellWaiting(waiting.expectedNanos()));
      }
      ahead++;
      costsAhead.add(waiter.cost);
    }
  }
}
