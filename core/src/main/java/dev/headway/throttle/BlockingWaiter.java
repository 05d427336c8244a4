package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.time.Durations;
import dev.headway.time.TimeSource;

/** A thread in line. */
final class BlockingWaiter extends Waiter {

  private final TimeSource time;
  private final Thread thread = Thread.currentThread();

  BlockingWaiter(TimeSource time, Cost cost, long headStartNanos) {
    super(cost, headStartNanos);
    this.time = time;
  }

  @Override
  void told() {
    time.unpark(thread);
  }

  /**
   * Waits in line until granted or failed, or else until {@code deadline}.
   *
   * <p>Whoever is granted a permit in the moment in which it gives up has it: an interrupted thread
   * then goes on with its interrupt pending.
   *
   * @param grace how much longer it may take, from the deadline, to hear what a store says of a
   *     caller whose time is up
   * @return whether the wait is over; if not, the deadline has passed and the line has been left
   */
  boolean await(Gate gate, Lane lane, long deadline, long grace) throws InterruptedException {
    while (state == State.WAITING) {
      if (Thread.interrupted()) {
        if (gate.leave(lane, this)) {
          throw new InterruptedException();
        }
        thread.interrupt();
      } else if (time.nanoTime() >= deadline) {
        gate.serve();
        boolean over = !lane.isRemote() || time.nanoTime() - deadline >= grace;
        if (!over && gate.mayBeLate(lane, this)) {
          time.park(gate, Durations.plus(deadline, grace));
        } else if (gate.leave(lane, this)) {
          return false;
        }
      } else {
        time.park(gate, deadline);
      }
    }
    return true;
  }
}
