package dev.headway.http;

import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The refusals of one host since it last accepted a request, and the pauses that follow.
 *
 * <p>A pause lasts as long as the server asks. If it gives no time, or a time in the past, the
 * first pause is one second and each further one is twice as long, up to a minute, with jitter. The
 * same holds from the fourth pause in a row, even if the server got the pause that it asked for.
 * Requests that were sent before a pause began and are refused during it belong to the same
 * episode, and do not make the next pause longer.
 */
final class HostRefusals {

  private static final Duration FIRST = Duration.ofSeconds(1);

  /** A minute with the jitter. */
  private static final Duration LONGEST = Duration.ofSeconds(48);

  private static final double JITTER = 0.25;

  /** How many times in a row a server's own wait is trusted. */
  private static final long TRUSTED = 3;

  /** A host without requests for this long after its pause starts afresh. */
  private static final long FORGOTTEN_NANOS = Duration.ofMinutes(15).toNanos();

  private final ReentrantLock lock = new ReentrantLock();
  private long episodes;

  /** The step at which the last episode began. */
  private long lastStep = Long.MIN_VALUE;

  /** The end of the pause. */
  private long until = Long.MIN_VALUE;

  /** The time of the first refusal without a hint; NEVER if there is none. */
  private long sinceWithoutHint = TimeSource.NEVER;

  /**
   * A pause that follows a refusal.
   *
   * @param pause its duration from now
   * @param isNew whether it ends later than any pause before
   * @param asked whether the server asked for it
   * @param episodes the number of refusals in a row
   * @param withoutHint how long the host has refused every request without a hint
   */
  record Decision(
      Duration pause, boolean isNew, boolean asked, long episodes, Duration withoutHint) {}

  /**
   * Records a refusal.
   *
   * @param sentAt the step at which the refused request was sent
   * @param step the present step
   * @param now the present time
   * @param asked the wait that the server asks for
   */
  Decision refused(long sentAt, long step, long now, Optional<Duration> asked) {
    lock.lock();
    try {
      if (isForgotten(now)) {
        episodes = 0;
        sinceWithoutHint = TimeSource.NEVER;
      }
      // A request granted just before a pause may be sent just after its begin.
      boolean newEpisode = sentAt > lastStep && now >= until;
      if (newEpisode) {
        episodes++;
        lastStep = step;
      }
      boolean trusted = asked.filter(Duration::isPositive).isPresent() && episodes <= TRUSTED;
      sinceWithoutHint = trusted ? TimeSource.NEVER : Math.min(sinceWithoutHint, now);
      Duration pause = asked.orElse(Duration.ZERO);
      if (newEpisode && !trusted) {
        Duration grown = grown(pause.isPositive() ? episodes - TRUSTED : episodes);
        pause = grown.compareTo(pause) > 0 ? grown : pause;
      }
      long end =
          pause.toNanos() > TimeSource.NEVER - now ? TimeSource.NEVER : now + pause.toNanos();
      boolean longer = end > until;
      until = Math.max(until, end);
      return new Decision(
          Duration.ofNanos(Math.max(0, until - now)), longer, trusted, episodes, withoutHint(now));
    } finally {
      lock.unlock();
    }
  }

  private static Duration grown(long times) {
    long doublings = Math.min(times - 1, 30);
    long nanos = Math.min(FIRST.toNanos() << doublings, LONGEST.toNanos());
    return Duration.ofNanos(
        nanos + (long) (nanos * JITTER * ThreadLocalRandom.current().nextDouble()));
  }

  /** Whether a request that was sent at a step was sent after the last refusal. */
  boolean isOlderThan(long sentAt) {
    lock.lock();
    try {
      return sentAt > lastStep;
    } finally {
      lock.unlock();
    }
  }

  /** The time at which a host counts as refusing no longer, after a pause that begins now. */
  static long forgottenAt(long now, Duration pause) {
    long most = TimeSource.NEVER - FORGOTTEN_NANOS - now;
    return now + Math.min(pause.toNanos(), most) + FORGOTTEN_NANOS;
  }

  /** Whether the last pause ended so long ago that it no longer counts. */
  boolean isForgotten(long now) {
    lock.lock();
    try {
      return episodes > 0 && now - until > FORGOTTEN_NANOS;
    } finally {
      lock.unlock();
    }
  }

  private Duration withoutHint(long now) {
    return sinceWithoutHint == TimeSource.NEVER
        ? Duration.ZERO
        : Duration.ofNanos(now - sinceWithoutHint);
  }
}
