package dev.headway.http;

import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How one host has refused requests since it last carried one out, and how long it is left alone
 * for that.
 *
 * <p>A pause lasts as long as the server asks. Where it asks for nothing, or for a time that is
 * over, the first pause is one second and each further one twice the last, up to a minute, with
 * some jitter; the same holds from the fourth pause on for a server that refuses again although it
 * got the pause it asked for. Requests that were sent before a pause began and are refused during
 * it belong to the same episode, and do not make the next pause longer.
 */
final class HostRefusals {

  private static final Duration FIRST = Duration.ofSeconds(1);

  /** With the jitter, a minute. */
  private static final Duration LONGEST = Duration.ofSeconds(48);

  private static final double JITTER = 0.25;

  /** How often in a row a server's own wait is trusted. */
  private static final long TRUSTED = 3;

  /** A host that is not asked for so long after its pause begins anew. */
  private static final long FORGOTTEN_NANOS = Duration.ofMinutes(15).toNanos();

  private final ReentrantLock lock = new ReentrantLock();
  private long episodes;

  /** The step at which the last episode began. */
  private long lastStep = Long.MIN_VALUE;

  /** Until when the host is left alone. */
  private long until = Long.MIN_VALUE;

  /** Since when it has refused without a word of how long; NEVER if it has not. */
  private long sinceWithoutHint = TimeSource.NEVER;

  /**
   * A pause that follows a refusal.
   *
   * @param pause how long from now
   * @param isNew whether it lasts longer than any before
   * @param asked whether the server asked for it
   * @param episodes how often in a row the host has refused
   * @param withoutHint for how long it has done nothing but refuse without a hint
   */
  record Decision(
      Duration pause, boolean isNew, boolean asked, long episodes, Duration withoutHint) {}

  /**
   * Takes a refusal into account.
   *
   * @param sentAt the step at which the refused request was sent
   * @param step the present step
   * @param now the present time
   * @param asked for how long the server asks to be left alone
   */
  Decision refused(long sentAt, long step, long now, Optional<Duration> asked) {
    lock.lock();
    try {
      if (isForgotten(now)) {
        episodes = 0;
        sinceWithoutHint = TimeSource.NEVER;
      }
      // One that was let through just before a pause may be sent just after it began.
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

  /** When a host does not count as refusing any more that is left alone for so long from now. */
  static long forgottenAt(long now, Duration pause) {
    long most = TimeSource.NEVER - FORGOTTEN_NANOS - now;
    return now + Math.min(pause.toNanos(), most) + FORGOTTEN_NANOS;
  }

  /** Whether its last pause is so long over that it does not count any more. */
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
