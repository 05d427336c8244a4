package dev.headway.cli.watch;

import dev.headway.limit.Cost;
import dev.headway.limit.Counted;
import dev.headway.limit.LimitSnapshot;
import dev.headway.limit.Rate;
import dev.headway.limit.Rule;
import java.util.Optional;

/**
 * A limit as it is measured and shown.
 *
 * @param label what it says
 * @param currency what it counts
 * @param most how much there may be in a window
 * @param windowNanos how long a window is
 * @param eachHost whether it holds for each host by itself
 */
record WindowView(String label, String currency, long most, long windowNanos, boolean eachHost) {

  /** The face of a throttle's limit, if that is one that counts over time. */
  static Optional<WindowView> of(LimitSnapshot limit) {
    return switch (limit.kind()) {
      case Rule.RATE ->
          limit
              .rate()
              .map(rate ->
                  of(
                      of(limit.currency(), rate),
                      limit.currency(),
                      rate,
                      limit.counted().orElse(Counted.FROM_START),
                      false));
      case Rule.SPACING -> limit.rate().map(rate -> ofSpacing(limit.limit(), rate));
      default -> Optional.empty();
    };
  }

  private static String of(String currency, Rate rate) {
    return currency.equals(Cost.PERMITS) ? rate.toString() : currency + " " + rate;
  }

  /** The face of a rate that holds for each host. */
  static WindowView ofEachHost(Rate rate, Counted counted) {
    return of(rate + " a host", Cost.PERMITS, rate, counted, true);
  }

  private static WindowView of(
      String label, String currency, Rate rate, Counted counted, boolean eachHost) {
    String from =
        counted.equals(Counted.FROM_START)
            ? ""
            : ", counted " + (counted.equals(Counted.FROM_END) ? "from the end" : counted);
    return new WindowView(
        label + from, currency, rate.permits(), rate.period().toNanos(), eachHost);
  }

  /**
   * Starts that are evenly spaced are counted over half a space less than those of a period take:
   * who wakes a little late would seem to come too close to the next.
   */
  private static WindowView ofSpacing(String label, Rate rate) {
    long window = rate.period().toNanos() - rate.interval().toNanos() / 2;
    return new WindowView(label, Cost.PERMITS, rate.permits(), Math.max(1, window), false);
  }

  /** What is counted, in words. */
  String unit() {
    return currency.equals(Cost.PERMITS) ? "starts" : currency;
  }
}
