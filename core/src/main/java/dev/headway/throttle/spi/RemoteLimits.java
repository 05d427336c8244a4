package dev.headway.throttle.spi;

import dev.headway.limit.Rule;
import java.time.Duration;
import java.util.List;

/**
 * Limits that are decided on outside of this process. A queue asks them as it asks local ones, and
 * calls {@link #afterChange} once its lock is released. They answer from what they have been told
 * so far, and tell the queue through {@link QueueAccess} when that changes.
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

  /** Is called once, before anything else, with the queue that these limits are in. */
  public abstract void connect(QueueAccess queue);

  /** New limits for a key of these; not yet connected. */
  public abstract RemoteLimits child(String key);

  /** Whether a caller that is at the head of the queue has yet to be decided on. */
  public abstract boolean isUndecided(long now);

  /** Whether what was granted, and whose caller has not gone on, is void. */
  public abstract boolean hasLapsed(long now);

  /** A caller has left the queue. */
  public abstract void left(WaitingCaller caller);

  /** Whether other rules are in force than when this was asked before. */
  public abstract boolean haveChanged();

  /** Something has changed in the queue. Called without the lock, by the thread that changed it. */
  public abstract void afterChange();

  /** How long a caller that does not wait may be kept until it is decided on. */
  public abstract Duration timeout();

  /**
   * The state in all processes, where the limits are remote. Called without the lock; may block.
   */
  public abstract RemoteSnapshot remoteSnapshot();

  /** Whether there is anything remote about them now. */
  public abstract boolean isRemote();

  /** Waits until an update of the rules is confirmed. Called without the lock. */
  public abstract void confirmUpdate();

  /** Is not used any more. Called without the lock. */
  public abstract void close();
}
