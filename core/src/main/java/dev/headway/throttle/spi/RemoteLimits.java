package dev.headway.throttle.spi;

import dev.headway.limit.Rule;
import java.time.Duration;
import java.util.List;

/**
 * Limits that are decided outside of this process. A queue asks them like local ones, and calls
 * {@link #afterChange} after it has released its lock. They answer from the state that they know,
 * and report changes to the queue through {@link QueueAccess}.
 *
 * <p>Methods are called under the queue's lock unless they say otherwise.
 */
public abstract class RemoteLimits extends LimitSet {

  /**
   * Remote limits.
   *
   * @param local those of the rules that hold for this process alone
   */
  protected RemoteLimits(List<Rule> local) {
    super(local);
  }

  /** Connects these limits to their queue. Called once, before all other methods. */
  public abstract void connect(QueueAccess queue);

  /** New limits for a key of these; not yet connected. */
  public abstract RemoteLimits child(String key);

  /** Whether the decision for the caller at the head of the queue is still open. */
  public abstract boolean isUndecided(long now);

  /** Whether grants whose callers have not resumed have lapsed. */
  public abstract boolean hasLapsed(long now);

  /** A caller has left the queue. */
  public abstract void left(WaitingCaller caller);

  /** Whether the rules have changed since the last call. */
  public abstract boolean haveChanged();

  /** The queue has changed. Called without the lock, by the thread that changed it. */
  public abstract void afterChange();

  /** How long a caller that does not wait may be kept until the decision is known. */
  public abstract Duration timeout();

  /** The state in all processes. Called without the lock; may block. */
  public abstract RemoteSnapshot remoteSnapshot();

  /** Whether any of these limits is remote now. */
  public abstract boolean isRemote();

  /** Waits until an update of the rules is confirmed. Called without the lock. */
  public abstract void confirmUpdate();

  /** Releases these limits. Called without the lock. */
  public abstract void close();
}
