package dev.headway.cli.exec;

import dev.headway.throttle.ThrottledException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Pauses after exit statuses that ask to slow down. The first pause is a second; each one in a row
 * is twice as long as the one before, up to a minute.
 */
final class SlowDown {

  private static final int MOST_DOUBLINGS = 6;
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private final Set<Integer> statuses;
  private final AtomicInteger inARow = new AtomicInteger();

  SlowDown(Set<Integer> statuses) {
    this.statuses = statuses;
  }

  /**
   * The failure of a command that does not ask to slow down.
   *
   * @throws ThrottledException if its exit status asks to slow down
   */
  FailedException asked(int status, FailedException failed) {
    if (!statuses.contains(status)) {
      return failed;
    }
    int before = inARow.getAndUpdate(count -> Math.min(MOST_DOUBLINGS, count + 1));
    Duration pause = Duration.ofSeconds(1L << before);
    throw new ThrottledException(
        Optional.of(pause.compareTo(LONGEST) > 0 ? LONGEST : pause), failed);
  }

  /** A command has succeeded. */
  void succeeded() {
    inARow.set(0);
  }
}
