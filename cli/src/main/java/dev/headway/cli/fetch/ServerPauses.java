package dev.headway.cli.fetch;

import dev.headway.cli.job.Job;
import dev.headway.cli.text.DurationFormat;
import dev.headway.cli.text.Excerpt;
import dev.headway.http.ServerPause;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Says how long servers are left alone and why, and when that is no use any more. */
final class ServerPauses {

  /** A shorter one is not worth a line. */
  private static final Duration SHORTEST_SHOWN = Duration.ofSeconds(2);

  /** Two ends as close as this are told as one. */
  private static final Duration SAME = Duration.ofSeconds(1);

  private static final int LONGEST_REASON = 300;

  private final Duration maxRefused;
  private final Optional<Duration> maxWait;
  private final UnaryOperator<String> shown;
  private final UnaryOperator<String> hide;
  private final Map<String, Known> hosts = new ConcurrentHashMap<>();
  private final Job job;

  /** The answer that ends the run, in words. */
  private final AtomicReference<@Nullable String> last = new AtomicReference<>();

  private record Known(ServerPause pause, Instant until, String sentence) {}

  /**
   * None yet.
   *
   * @param maxRefused how long a host may do nothing but refuse without a hint
   * @param maxWait the longest pause that is waited for
   * @param shown a host's name as it may be shown
   * @param hide makes a server's text one that may be shown
   * @param job shows pauses, and is stopped when one is too long
   */
  ServerPauses(
      Duration maxRefused,
      Optional<Duration> maxWait,
      UnaryOperator<String> shown,
      UnaryOperator<String> hide,
      Job job) {
    this.maxRefused = maxRefused;
    this.maxWait = maxWait;
    this.shown = shown;
    this.hide = hide;
    this.job = job;
  }

  /** A host gets no requests for a while. */
  void begin(ServerPause given) {
    ServerPause pause =
        new ServerPause(
            shown.apply(given.host()),
            given.status(),
            given.pause(),
            given.asked(),
            given.refusals(),
            given.withoutHint());
    Instant now = Instant.now();
    Instant until = now.plus(shortened(pause.pause()));
    begin(pause, until, sentence(pause, now, until));
  }

  /** Whether a host gets no requests now, as far as is known. */
  boolean pauses(String host) {
    Known known = hosts.get(shown.apply(host));
    return known != null && known.until().isAfter(Instant.now());
  }

  /** A pause that began in an earlier run still lasts. */
  void lasts(String host, Duration left) {
    Instant now = Instant.now();
    Instant until = now.plus(shortened(left));
    ServerPause pause = new ServerPause(host, 0, left, true, 1, Duration.ZERO);
    begin(
        pause,
        until,
        host
            + " asked an earlier run to wait until "
            + DurationFormat.instant(until, now)
            + ", "
            + DurationFormat.of(left)
            + " from now");
  }

  private void begin(ServerPause pause, Instant until, String sentence) {
    Known before = hosts.put(pause.host(), new Known(pause, until, sentence));
    boolean isNew = before == null || before.until().plus(SAME).isBefore(until);
    if (isNew && pause.pause().compareTo(SHORTEST_SHOWN) > 0) {
      String refusals = pause.refusals() > 0 ? "; refusals in a row: " + pause.refusals() : "";
      job.waits(pause.host(), until, sentence + refusals);
    }
    whyToStop(pause.host()).ifPresent(job::stop);
  }

  /**
   * A server says that no request succeeds before a person acts. No more are sent from now on,
   * before the permit of that request is closed; {@link #stop} then ends the run.
   */
  void sendNoMore(int status, String reason) {
    last.compareAndSet(
        null, "answered " + status + ": " + Excerpt.of(hide.apply(reason), LONGEST_REASON));
  }

  /** Whether no more requests are to be sent. */
  boolean sendsNoMore() {
    return last.get() != null;
  }

  /** Ends the run, after {@link #sendNoMore}. */
  void stop(String host) {
    job.stop(shown.apply(host) + " " + last.get());
  }

  /** Ends the run, since no request can be sent any more. */
  void stopRun(String why) {
    job.stop(why);
  }

  /** Whether a host's refusals end the run. */
  boolean end(String host) {
    return whyToStop(shown.apply(host)).isPresent();
  }

  private static Duration shortened(Duration pause) {
    Duration most = Duration.ofDays(36_500);
    return pause.compareTo(most) > 0 ? most : pause;
  }

  static String sentence(ServerPause pause, Instant now, Instant until) {
    String why =
        pause.asked()
            ? pause.refusals() > 0 || pause.status() >= 300
                ? "answered " + pause.status() + " and asks to wait "
                : "has no requests left for "
            : "answered " + pause.status() + " without saying for how long; waiting ";
    return pause.host()
        + " "
        + why
        + DurationFormat.of(pause.pause())
        + ", until "
        + DurationFormat.instant(until, now);
  }

  private Optional<String> whyToStop(String host) {
    Known known = hosts.get(host);
    if (known == null) {
      return Optional.empty();
    }
    ServerPause pause = known.pause();
    if (pause.asked() && maxWait.filter(most -> pause.pause().compareTo(most) > 0).isPresent()) {
      return Optional.of(
          known.sentence()
              + ", which is longer than --max-wait "
              + DurationFormat.of(maxWait.get()));
    }
    return pause.withoutHint().compareTo(maxRefused) > 0
        ? Optional.of(
            host
                + " has refused every request for "
                + DurationFormat.of(pause.withoutHint())
                + " (last with "
                + pause.status()
                + ") without saying for how long; --max-refused is "
                + DurationFormat.of(maxRefused))
        : Optional.empty();
  }
}
