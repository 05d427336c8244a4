package dev.headway.cli.model;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Adds up what calls cost, and says what the rest will cost.
 *
 * <p>The projection is the mean cost of a call times the calls that are left, with what is spent.
 * The mean is that of the first calls by their starts, up to the first that has not ended: of all
 * that have ended, long answers, which cost more, are still in flight.
 */
public final class Spending {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private final OptionalDouble most;
  private double spent;
  private double reserved;
  private boolean full;

  /** The calls in flight, and those that have ended behind one of them, by the order of starts. */
  private final Map<Long, Call> calls = new TreeMap<>();

  private long begun;
  private long inFlight;
  private long counted;
  private double countedCost;

  private record Call(double expected, OptionalDouble cost) {}

  /**
   * No call has begun.
   *
   * @param before what earlier runs have spent
   * @param most what may be spent in all, if that is limited
   */
  public Spending(double before, OptionalDouble most) {
    this.spent = before;
    this.most = most;
  }

  /**
   * A call wants to begin. Where it would cost too much only because of what others are expected
   * to, it waits until they have ended.
   *
   * @param expected what it will probably cost
   * @return its number, or empty if that is more than may be spent; none begins from then on
   * @throws InterruptedException if interrupted while waiting
   */
  public OptionalLong begin(double expected) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      double room = most.orElse(Double.MAX_VALUE) - expected;
      while (!full && inFlight > 0 && spent + reserved > room) {
        ended.await();
      }
      full |= spent + reserved > room;
      if (full) {
        ended.signalAll();
        return OptionalLong.empty();
      }
      reserved += expected;
      inFlight++;
      calls.put(++begun, new Call(expected, OptionalDouble.empty()));
      return OptionalLong.of(begun);
    } finally {
      lock.unlock();
    }
  }

  /** A call has ended, and cost so much: 0 if it was not carried out. */
  public void end(long number, double cost) {
    lock.lock();
    try {
      Call call = calls.get(number);
      if (call == null || call.cost().isPresent()) {
        throw new IllegalArgumentException("call " + number + " is not in flight");
      }
      reserved -= call.expected();
      spent += cost;
      inFlight--;
      ended.signalAll();
      calls.put(number, new Call(call.expected(), OptionalDouble.of(cost)));
      count();
    } finally {
      lock.unlock();
    }
  }

  private void count() {
    var all = calls.values().iterator();
    while (all.hasNext()) {
      OptionalDouble cost = all.next().cost();
      if (cost.isEmpty()) {
        return;
      }
      counted++;
      countedCost += cost.getAsDouble();
      all.remove();
    }
  }

  /** Whether no more calls begin, and none is in flight. */
  public boolean isOver() {
    lock.lock();
    try {
      return full && inFlight == 0;
    } finally {
      lock.unlock();
    }
  }

  /**
   * What was spent, and what will have been.
   *
   * @param left how many calls are not ended, if that is known
   */
  public Money money(OptionalLong left) {
    lock.lock();
    try {
      OptionalDouble projected =
          left.isEmpty() || counted == 0
              ? OptionalDouble.empty()
              : OptionalDouble.of(spent + left.getAsLong() * countedCost / counted);
      return new Money(spent, projected);
    } finally {
      lock.unlock();
    }
  }
}
