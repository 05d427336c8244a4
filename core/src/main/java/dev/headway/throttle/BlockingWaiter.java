package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.time.Durations;
import dev.headway.time.TimeSource;

/** A thread that waits in a queue. */
final class BlockingWaiter extends Waiter {

  private final QueuedThrottle throttle;
  private final TimeSource time;
  private final Thread thread = Thread.currentThread();

  BlockingWaiter(QueuedThrottle throttle, Cost cost) {
    super(cost, throttle.headStartNanos, Observation.ofCaller(throttle.settings, cost));
    this.throttle = throttle;
    this.time = throttle.timeSource();
  }

  @Override
  QueuedThrottle throttle() {
    return throttle;
  }

  @Override
  void wake() {
    time.unpark(thread);
  }

  /**
   * Waits until granted or rejected, or until a deadline.
   *
   * <p>A caller that is granted a permit at the moment in which it gives up has it: an interrupted
   * thread then resumes with its interrupt pending.
   *
   * @param grace how long, from the deadline, a remote limit may take for its last answer
   * @return whether the wait is over; if not, the deadline has passed and the caller has left
   */
  boolean await(long deadline, long grace) throws InterruptedException {
    ThrottleQueue queue = throttle.queue;
    Partition partition = throttle.partition;
    while (state == State.WAITING) {
      if (Thread.interrupted()) {
        if (queue.leave(partition, this)) {
          throw new InterruptedException();
        }
        thread.interrupt();
        continue;
      }
      long now = deadline == TimeSource.NEVER ? 0 : time.nanoTime();
      if (now < deadline) {
        time.park(queue, deadline);
        continue;
      }
      queue.serve();
      boolean mayAsk = partition.remote && time.nanoTime() - deadline < grace;
      if (mayAsk && queue.isOverdue(partition, this)) {
        time.park(queue, Durations.plus(deadline, grace));
      } else if (queue.leave(partition, this)) {
        return false;
      }
    }
    return true;
  }
}
