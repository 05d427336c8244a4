package dev.headway.cli.job;

import dev.headway.cli.option.LimitOptions;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleListener;
import java.io.Closeable;
import java.util.Optional;
import java.util.function.Consumer;

/** A connection to limits that processes share. Closing it closes the throttle, too. */
public interface SharedLimitsConnection extends Closeable {

  /** What a failure says of the store, if that is why something was not started. */
  Optional<String> outage(Throwable failure);

  /**
   * The throttle with these limits.
   *
   * @param sharedName names the limits: they hold for all processes that give the same name
   * @param name the throttle's, for listeners
   * @param remarks hears that the store does not answer, and that it does again
   */
  Throttle open(
      String sharedName,
      String name,
      LimitOptions limits,
      ThrottleListener listener,
      Consumer<String> remarks);
}
