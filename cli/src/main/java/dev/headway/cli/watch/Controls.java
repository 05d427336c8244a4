package dev.headway.cli.watch;

import dev.headway.limit.Cost;
import dev.headway.limit.Counted;
import dev.headway.limit.Limit;
import dev.headway.limit.LimitSnapshot;
import dev.headway.limit.Pause;
import dev.headway.limit.Rate;
import dev.headway.limit.Rule;
import dev.headway.throttle.LimitsUpdate;
import dev.headway.throttle.Throttle;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Pauses a throttle and lets it go on, and holds it to less than the rate that it was given, never
 * to more: to less of its first rate, or of its spacing where it has no rate. Whatever else it
 * keeps to, such as a pause that a server has asked for, holds all the while.
 */
public final class Controls {

  /** The smallest percentage of its rate that a throttle may be held to. */
  public static final int SLOWEST_PERCENT = 10;

  private static final int ALL = 100;
  private static final String HALT = "pause by hand";

  /** What can never start would be refused, and this can, once the rule is replaced. */
  private static final long LONGER_THAN_ANYBODY_LIVES = Limit.NEVER - 1;

  private static final int SHOWN_DIGITS = 3;
  private static final Duration LONGEST_PERIOD = Duration.ofDays(36_500);

  private final ReentrantLock lock = new ReentrantLock();
  private final Throttle throttle;
  private final Consumer<Boolean> told;

  /** The rules of the kind that is slowed down, the one that is first. */
  private final List<LimitSnapshot> paced;

  private boolean paused;
  private int percent = ALL;

  /**
   * For a throttle that has the rules it was given.
   *
   * @param told is told whether it is paused, when that changes
   */
  public Controls(Throttle throttle, Consumer<Boolean> told) {
    this.throttle = throttle;
    this.told = told;
    List<LimitSnapshot> limits = throttle.snapshot().rules();
    List<LimitSnapshot> rates = ofKind(limits, Rule.RATE);
    paced = rates.isEmpty() ? ofKind(limits, Rule.SPACING) : rates;
  }

  private static List<LimitSnapshot> ofKind(List<LimitSnapshot> limits, String kind) {
    return limits.stream()
        .filter(limit -> limit.currency().equals(Cost.PERMITS) && limit.kind().equals(kind))
        .toList();
  }

  /** Lets nothing start, or things start again. What is under way goes on. */
  public void pause(boolean toBePaused) {
    lock.lock();
    try {
      Pause halt = new Pause();
      if (toBePaused) {
        halt.extend(LONGER_THAN_ANYBODY_LIVES);
      }
      throttle.update(List.of(new Rule(HALT, Cost.PERMITS, halt)), false);
      paused = toBePaused;
      told.accept(toBePaused);
    } finally {
      lock.unlock();
    }
  }

  /** Whether it is paused. */
  public boolean paused() {
    lock.lock();
    try {
      return paused;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Holds it to so much of its rate.
   *
   * @throws IllegalArgumentException if that is less than {@link #SLOWEST_PERCENT}, more than its
   *     rate, or it has none
   */
  public void slow(int toPercent) {
    if (paced.isEmpty()) {
      throw new IllegalArgumentException("there is no rate to be held to");
    }
    if (toPercent < SLOWEST_PERCENT || toPercent > ALL) {
      throw new IllegalArgumentException(
          "a rate can be held to %d to %d %% of what it is, not %d %%"
              .formatted(SLOWEST_PERCENT, ALL, toPercent));
    }
    lock.lock();
    try {
      throttle.update(limits -> {
        pace(limits, paced.getFirst(), slowed(rate(paced.getFirst()), toPercent));
        paced.stream().skip(1).forEach(limit -> pace(limits, limit, rate(limit)));
      });
      percent = toPercent;
    } finally {
      lock.unlock();
    }
  }

  /** The rate that is in force, if there is any. */
  public Optional<Picture.Speed> speed() {
    lock.lock();
    try {
      return paced.stream()
          .findFirst()
          .map(rule -> rate(rule))
          .map(given ->
              new Picture.Speed(
                  given.toString(), spoken(given, percent), percent, SLOWEST_PERCENT));
    } finally {
      lock.unlock();
    }
  }

  private static Rate rate(LimitSnapshot limit) {
    return limit.rate().orElseThrow();
  }

  private static void pace(LimitsUpdate limits, LimitSnapshot limit, Rate rate) {
    Counted counted = limit.counted().orElse(Counted.FROM_START);
    if (limit.kind().equals(Rule.SPACING)) {
      limits.spacing(rate);
    } else if (limit.name().isPresent()) {
      limits.rate(limit.name().get(), rate, counted);
    } else {
      limits.rate(rate, counted);
    }
  }

  /**
   * So much of a rate: fewer in its period, and where that is no whole number, the next one in a
   * period that is as much longer. No window of either allows more than before.
   */
  static Rate slowed(Rate rate, int percent) {
    long permits = Math.ceilDiv(Math.multiplyExact(rate.permits(), percent), ALL);
    BigDecimal nanos =
        BigDecimal.valueOf(rate.period().toNanos())
            .multiply(BigDecimal.valueOf(permits).multiply(BigDecimal.valueOf(ALL)))
            .divide(
                BigDecimal.valueOf(rate.permits()).multiply(BigDecimal.valueOf(percent)),
                0,
                RoundingMode.CEILING);
    BigDecimal longest = BigDecimal.valueOf(LONGEST_PERIOD.toNanos());
    return Rate.of(permits, Duration.ofNanos(nanos.min(longest).longValueExact()));
  }

  /** Such as {@code 1.5/m}. */
  private static String spoken(Rate given, int percent) {
    BigDecimal permits = BigDecimal.valueOf(given.permits() * (double) percent / ALL);
    String text = given.toString();
    return permits.setScale(SHOWN_DIGITS, RoundingMode.HALF_UP).stripTrailingZeros().toPlainString()
        + text.substring(text.indexOf('/'));
  }
}
