package dev.headway.limit;

/** At most so many open permits at the same time. */
public final class Concurrency implements Limit {

  private final long most;
  private long running;

  /**
   * A limit on concurrency.
   *
   * @throws IllegalArgumentException if {@code most} is below 1
   */
  public Concurrency(long most) {
    if (most < 1) {
      throw new IllegalArgumentException("concurrency must be at least 1, not " + most);
    }
    this.most = most;
  }

  @Override
  public long readyAt(long now, long amount) {
    return amount <= most - running ? now : NEVER;
  }

  @Override
  public void start(long now, long amount) {
    running += amount;
  }

  @Override
  public void end(long startedAt, long now, long amount) {
    running -= amount;
  }

  @Override
  public void settle(long startedAt, long now, long from, long to) {
    running += to - from;
  }

  @Override
  public long capacity() {
    return most;
  }

  @Override
  public long available(long now) {
    return Math.max(0, most - running);
  }

  @Override
  public boolean idle(long now) {
    return running == 0;
  }

  @Override
  public boolean inherit(Limit former, long now) {
    if (former instanceof Concurrency concurrency) {
      running = Math.max(running, concurrency.running);
      return true;
    }
    return false;
  }

  /** The rule as text, such as {@code 10 at once}. */
  @Override
  public String toString() {
    return most + " at once";
  }
}
