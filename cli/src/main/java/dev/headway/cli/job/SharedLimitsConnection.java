package dev.headway.cli.job;

import dev.headway.cli.option.LimitOptions;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleListener;
import java.io.Closeable;

/** A connection to limits that processes share. Closing it closes the throttle, too. */
public interface SharedLimitsConnection extends Closeable {

  /**
   * The throttle with these limits.
   *
   * @param sharedName names the limits: they hold for all processes that give the same name
   * @param name the throttle's, for listeners
   */
  Throttle open(String sharedName, String name, LimitOptions limits, ThrottleListener listener);
}
