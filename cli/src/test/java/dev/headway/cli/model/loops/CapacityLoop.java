package dev.headway.cli.model.loops;

import dev.headway.testkit.SimulatedModel;
import dev.headway.testkit.SimulatedModel.Answer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the published loops have in common: a capacity of requests and one or two of tokens fill up
 * evenly; one call after the other starts when there is enough of all; after a refusal all rest for
 * a while; and a call that has failed is made again, up to a number of times.
 *
 * <p>They ask every 1 or 100 milliseconds whether there is enough. Here the instant is computed,
 * which is at most 100 milliseconds earlier.
 */
abstract class CapacityLoop implements Loop {

  private static final Duration STEP = Duration.ofMillis(100);

  private final int attempts;
  private final Duration rest;
  private final Capacity requests;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Integer> again = new ArrayDeque<>();
  private final Map<Integer, Integer> made = new HashMap<>();
  private int next;
  private int inFlight;
  private long refusedAt = Long.MIN_VALUE / 2;

  /** An amount that fills up evenly, to what a minute gives. */
  static final class Capacity {

    private static final double MINUTE = 60e9;

    private final double most;
    private double left;
    private long at;

    Capacity(double perMinute) {
      this.most = perMinute;
      this.left = perMinute;
    }

    /** It has filled up until now. */
    void fill(long now) {
      left = Math.min(most, left + (now - at) * most / MINUTE);
      at = now;
    }

    void take(double amount) {
      left -= amount;
    }

    /** After how many nanoseconds there is an amount. */
    long missing(double amount) {
      return (long) Math.max(0, Math.ceil((Math.min(amount, most) - left) * MINUTE / most));
    }
  }

  /**
   * A loop that has not begun.
   *
   * @param attempts how often a call is made at most
   * @param rest how long all rest after a refusal
   */
  CapacityLoop(int attempts, Duration rest, double requestsPerMinute) {
    this.attempts = attempts;
    this.rest = rest;
    this.requests = new Capacity(requestsPerMinute);
  }

  /** Whether calls that failed are made again before others, rather than after all others. */
  abstract boolean retriesFirst();

  /** What a call is expected to take: one amount, or one of inputs and one of outputs. */
  abstract double[] expected(int number);

  /** The capacities of these amounts. */
  abstract Capacity[] tokens();

  /** A call has ended that took these amounts of the capacities. */
  abstract void ended(double[] taken, Answer answer);

  @Override
  public void run(Calls calls) throws Exception {
    while (true) {
      Duration wait = step(calls);
      if (wait.isNegative()) {
        return;
      }
      if (wait.isPositive()) {
        calls.time().sleep(wait);
      }
    }
  }

  /** Starts a call if one can; else the time to wait, negative at the end. */
  private Duration step(Calls calls) {
    lock.lock();
    try {
      boolean retry = !again.isEmpty() && (retriesFirst() || next == calls.count());
      if (!retry && next == calls.count()) {
        return inFlight == 0 && again.isEmpty() ? Duration.ofNanos(-1) : STEP;
      }
      long now = calls.time().nanoTime();
      long resting = refusedAt + rest.toNanos() - now;
      if (resting > 0) {
        return Duration.ofNanos(resting);
      }
      int number = retry ? again.element() : next;
      double[] amounts = expected(number);
      requests.fill(now);
      long wait = requests.missing(1);
      for (int i = 0; i < amounts.length; i++) {
        tokens()[i].fill(now);
        wait = Math.max(wait, tokens()[i].missing(amounts[i]));
      }
      if (wait > 0) {
        return Duration.ofNanos(wait);
      }
      requests.take(1);
      for (int i = 0; i < amounts.length; i++) {
        tokens()[i].take(amounts[i]);
      }
      next += retry ? 0 : 1;
      if (retry) {
        again.remove();
      }
      inFlight++;
      var unused = calls.time().start("call", () -> call(calls, number, amounts));
      return Duration.ZERO;
    } finally {
      lock.unlock();
    }
  }

  private void call(Calls calls, int number, double[] taken) {
    try {
      end(calls, number, taken, calls.ask(number));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void end(Calls calls, int number, double[] taken, Answer answer) {
    lock.lock();
    try {
      inFlight--;
      ended(taken, answer);
      if (answer.status() == SimulatedModel.OK) {
        return;
      }
      if (answer.status() == SimulatedModel.REFUSED) {
        refusedAt = calls.time().nanoTime();
      }
      if (made.merge(number, 1, Integer::sum) < attempts) {
        again.add(number);
      } else {
        calls.fail();
      }
    } finally {
      lock.unlock();
    }
  }
}
