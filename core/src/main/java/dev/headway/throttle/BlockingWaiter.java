package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.time.Durations;
import dev.headway.time.TimeSource;
import org.jspecify.annotations.Nullable;

/** A thread that waits in a queue. */
final class BlockingWaiter extends Caller {

  private final Thread thread = Thread.currentThread();

  BlockingWaiter(
      Settings settings, ThrottleQueue queue, Partition partition, Cost cost, long headStartNanos) {
    super(settings, queue, partition, cost, headStartNanos);
  }

  @Override
  void wake() {
    queue.time.unpark(thread);
  }

  /**
   * Waits for so long.
   *
   * @param grace how much longer a remote limit may take for its last answer
   * @return null if the time has passed
   */
  @Nullable Permit acquire(long nanos, long grace) throws InterruptedException {
    long deadline = 0;
    Permit permit = null;
    while (permit == null) {
      boolean over;
      try {
        enter();
        deadline = deadline == 0 ? Durations.plus(since, nanos) : deadline;
        over = await(deadline, grace);
      } catch (InterruptedException e) {
        tellAbandoned();
        throw e;
      } catch (RuntimeException | Error e) {
        leaveAnyway();
        throw e;
      }
      if (!over) {
        tellAbandoned();
        return null;
      }
      permit = outcome();
    }
    return permit;
  }

  /**
   * Waits until granted or rejected, or until a deadline.
   *
   * <p>A caller that is granted a permit at the moment in which it gives up has it: an interrupted
   * thread then resumes with its interrupt pending.
   *
   * @return whether the wait is over; if not, the deadline has passed and the caller has left
   */
  private boolean await(long deadline, long grace) throws InterruptedException {
    TimeSource time = queue.time;
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
