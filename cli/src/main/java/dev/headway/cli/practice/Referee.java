package dev.headway.cli.practice;

import dev.headway.cli.practice.ServerOptions.Quota;
import dev.headway.cli.practice.StrictWindow.Admission;
import dev.headway.cli.watch.FullestWindow;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Decides what becomes of each request and keeps the score. It is handed the time and is not safe
 * for use by several threads.
 *
 * <p>A request whose turn it is to be dropped or to find the server busy is not accepted, so it
 * takes nothing from the quota; where both turns fall together, it is dropped.
 */
final class Referee {

  private static final Duration PERIOD_WITHOUT_QUOTA = Duration.ofSeconds(1);
  private static final long BUSY_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final Admission UNLIMITED = new Admission(true, Long.MAX_VALUE, 0);

  private final ServerOptions options;
  private final Duration period;
  private final Optional<StrictWindow> window;
  private final FullestWindow arrivals;
  private long requests;
  private long accepted;
  private long rejected;
  private long dropped;

  Referee(ServerOptions options) {
    this.options = options;
    period = options.quota().map(Quota::period).orElse(PERIOD_WITHOUT_QUOTA);
    window =
        options.quota().map(quota -> new StrictWindow(quota.permits(), quota.period().toNanos()));
    arrivals = new FullestWindow(period.toNanos());
  }

  /** Decides about the request that arrives at {@code now}. Times must not go backwards. */
  Ruling rule(long now) {
    requests++;
    arrivals.add(now);
    if (isTurnOf(options.dropEvery())) {
      dropped++;
      return new Ruling.Dropped(requests);
    }
    if (isTurnOf(options.busyEvery())) {
      return refuse(BUSY_NANOS, "The server is busy");
    }
    Admission admission = window.map(strict -> strict.admit(now)).orElse(UNLIMITED);
    if (!admission.accepted()) {
      return refuse(admission.moreAfterNanos(), "Too many requests");
    }
    accepted++;
    return new Ruling.Accepted(requests, admission.remaining(), admission.moreAfterNanos());
  }

  ServerStats stats() {
    OptionalLong limit = options.quota().stream().mapToLong(Quota::permits).findAny();
    return new ServerStats(
        requests, accepted, rejected, dropped, arrivals.fullest(), limit, period.toMillis());
  }

  private boolean isTurnOf(long every) {
    return every > 0 && requests % every == 0;
  }

  private Ruling refuse(long retryAfterNanos, String reason) {
    rejected++;
    return new Ruling.Refused(requests, retryAfterNanos, reason);
  }
}
