package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.time.Durations;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A caller of a throttle that cannot start at once, from its arrival until it has its permit. */
abstract class Caller extends Waiter {

  final ThrottleQueue queue;
  final Partition partition;

  Caller(
      Settings settings, ThrottleQueue queue, Partition partition, Cost cost, long headStartNanos) {
    super(
        settings,
        cost,
        headStartNanos,
        Observation.of(settings, cost, Settings.HAS_JFR ? JfrRecorder.ofCaller() : null));
    this.queue = queue;
    this.partition = partition;
  }

  /**
   * Joins the queue, again if a grant has lapsed.
   *
   * @throws RuntimeException if it must not wait
   */
  final void enter() {
    EntryDecision decision = queue.enter(partition, this);
    if (decision instanceof EntryDecision.Rejection why) {
      if (why instanceof EntryDecision.Failed(Error error) && rejection == null) {
        throw error;
      }
      throw rejected(why);
    }
    if (!onlyAsks && observation != null) {
      observation.queued();
    }
    if (decision instanceof EntryDecision.Waiting waiting) {
      tellWaiting(waiting.expectedNanos());
    }
  }

  private RuntimeException rejected(EntryDecision.Rejection why) {
    RuntimeException reason = why.exception(settings.name());
    if (observation != null) {
      observation.refused(reason);
    }
    return reason;
  }

  /**
   * The permit of a caller that has waited; null if the grant has lapsed, since the caller did not
   * resume in time.
   */
  final @Nullable Permit outcome() {
    if (rejection != null) {
      throw rejected(rejection);
    }
    QueuedPermit permit = permit();
    return permit.confirm(observation) ? permit : null;
  }

  /** The permit that was granted. */
  final QueuedPermit permit() {
    return new QueuedPermit(queue, partition, cost, grantedAt, grantedAt - since, false);
  }

  /** Leaves no trace, although a time source has failed. */
  final void leaveAnyway() {
    if (!queue.leave(partition, this) && state == State.GRANTED) {
      permit().cancel();
    }
  }

  final void tellAbandoned() {
    if (!onlyAsks && observation != null) {
      observation.abandoned(since);
    }
  }

  final AcquireTimeoutException timedOut() {
    Duration longest = settings.maxWait().orElse(Duration.ZERO);
    return new AcquireTimeoutException(
        "no permit of \"%s\" within its maxWait of %s"
            .formatted(settings.name(), Durations.print(longest)));
  }
}
