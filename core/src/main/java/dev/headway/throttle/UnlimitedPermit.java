package dev.headway.throttle;

import dev.headway.limit.Cost;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;

/** A permit of a throttle that had no rules when it was granted: it takes nothing from anything. */
final class UnlimitedPermit implements Permit {

  private static final VarHandle ENDED;

  static {
    try {
      ENDED = MethodHandles.lookup().findVarHandle(UnlimitedPermit.class, "ended", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile Cost cost;

  @SuppressWarnings("unused") // through ENDED
  private boolean ended;

  UnlimitedPermit(Cost cost) {
    this.cost = cost;
  }

  @Override
  public Cost cost() {
    return cost;
  }

  @Override
  public Duration waited() {
    return Duration.ZERO;
  }

  @Override
  public void settle(String budget, long amount) {
    if ((boolean) ENDED.getAcquire(this)) {
      throw QueuedPermit.settledTooLate(budget, amount);
    }
    cost = cost.with(budget, amount);
  }

  @Override
  public void release() {
    if (!ENDED.compareAndSet(this, false, true)) {
      throw QueuedPermit.releasedBefore();
    }
  }

  @Override
  public void close() {
    ENDED.setRelease(this, true);
  }
}
