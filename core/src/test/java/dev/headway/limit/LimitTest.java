package dev.headway.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What holds for all limits. */
class LimitTest {

  /** A user's limit of three methods: at most three at once, and none in the 5 ns after a start. */
  private static final class Own implements Limit {
    private long running;
    private long last = Long.MIN_VALUE;

    @Override
    public long readyAt(long now, long amount) {
      return running + amount > 3 ? NEVER : Math.max(now, last + 5);
    }

    @Override
    public void start(long now, long amount) {
      running += amount;
      last = now;
    }

    @Override
    public void end(long startedAt, long now, long amount) {
      running -= amount;
    }
  }

  private static Limit limit(Random random) {
    Rate rate = Rate.of(1 + random.nextInt(6), Duration.ofNanos(1 + random.nextInt(40)));
    return switch (random.nextInt(7)) {
      case 0 -> new SlidingWindow(rate, Counted.FROM_START);
      case 1 -> new SlidingWindow(rate, Counted.FROM_END);
      case 2 -> new TokenBucket(rate, 1 + random.nextInt(6));
      case 3 -> Spacing.of(rate);
      case 4 -> Spacing.of(Duration.ofMillis(3)).aligned(random.nextInt(3_000_000));
      case 5 -> new Concurrency(1 + random.nextInt(5));
      default -> new Own();
    };
  }

  /** Starts and ends some things, and returns the instant at which that is done. */
  private static long warmUp(Limit limit, Random random) {
    long now = random.nextInt(100);
    for (int i = random.nextInt(20); i > 0; i--) {
      now += random.nextInt(10);
      long amount = 1 + random.nextLong(Math.min(3, limit.capacity()));
      long ready = limit.readyAt(now, amount);
      if (ready != Limit.NEVER) {
        now = ready;
        limit.start(now, amount);
        limit.end(now, now, amount);
      }
    }
    return now + random.nextInt(5);
  }

  @Test
  void aForecastIsNeverLaterThanWhatHappensThoughAllEndsAtOnce() {
    for (long seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      Limit limit = limit(random);
      long now = warmUp(limit, random);
      List<Long> amounts = new ArrayList<>();
      long ahead = 0;
      for (int i = random.nextInt(12); i > 0; i--) {
        amounts.add(1 + random.nextLong(Math.min(3, limit.capacity())));
        ahead += amounts.getLast();
      }
      long amount = 1 + random.nextLong(Math.min(3, limit.capacity()));
      long forecast = limit.forecast(now, ahead, amount);
      boolean units = ahead == amounts.size() && amount == 1;
      for (long each : amounts) {
        now = limit.readyAt(now, each);
        limit.start(now, each);
        limit.end(now, now, each);
      }
      long happens = limit.readyAt(now, amount);
      assertThat(forecast).as("seed %d: %s", seed, limit).isLessThanOrEqualTo(happens);
      if (units && !(limit instanceof Own)) {
        assertThat(forecast).as("seed %d: %s", seed, limit).isEqualTo(happens);
      }
    }
  }

  @Test
  void theInstantThatIsSaidIsTheFirstAtWhichAStartIsAllowed() {
    for (long seed = 0; seed < 5_000; seed++) {
      Random random = new Random(seed);
      Limit limit = limit(random);
      long now = warmUp(limit, random);
      long amount = 1 + random.nextLong(Math.min(3, limit.capacity()));
      long ready = limit.readyAt(now, amount);
      if (ready != Limit.NEVER && ready > now) {
        long before = now + random.nextLong(ready - now);
        assertThat(limit.readyAt(before, amount)).as("seed %d: %s", seed, limit).isEqualTo(ready);
      }
      if (ready != Limit.NEVER) {
        assertThat(limit.readyAt(ready, amount)).as("seed %d: %s", seed, limit).isEqualTo(ready);
      }
    }
  }

  @Test
  void availableIsTheLargestAmountThatCouldStart() {
    for (long seed = 0; seed < 5_000; seed++) {
      Random random = new Random(seed);
      Limit limit = limit(random);
      long now = warmUp(limit, random);
      long available = limit.available(now);
      String where = "seed " + seed + ": " + limit;
      if (available > 0) {
        assertThat(limit.readyAt(now, available)).as(where).isEqualTo(now);
      }
      if (limit.capacity() < Long.MAX_VALUE && available < limit.capacity()) {
        assertThat(limit.readyAt(now, available + 1)).as(where).isGreaterThan(now);
      }
    }
  }

  @Test
  void anIdleLimitIsAsGoodAsNew() {
    for (long seed = 0; seed < 5_000; seed++) {
      Limit limit = limit(new Random(seed));
      Limit fresh = limit(new Random(seed));
      Random random = new Random(seed);
      long now = warmUp(limit, random) + random.nextInt(80);
      if (limit.idle(now)) {
        for (int i = 0; i < 30; i++) {
          long amount = 1 + random.nextLong(Math.min(3, limit.capacity()));
          long ready = limit.readyAt(now, amount);
          long exact = fresh.readyAt(now, amount);
          assertThat(ready).as("seed %d: %s", seed, limit).isBetween(exact - 1, exact);
          now = exact;
          limit.start(now, amount);
          fresh.start(now, amount);
          limit.end(now, now, amount);
          fresh.end(now, now, amount);
        }
      }
    }
  }

  @Test
  void aLimitOfThreeMethodsIsNeverLeftWithMoreOrLessThanWhatRuns() {
    Own own = new Own();
    own.start(0, 3);
    own.settle(0, 1, 3, 1);
    own.settle(0, 2, 1, 2);
    own.end(0, 3, 2);
    assertThat(own.running).isZero();
    assertThat(own.available(10)).isEqualTo(1);
    assertThat(own.idle(10)).isFalse();
    assertThat(own.periodNanos()).isZero();
    assertThat(own.inherit(new Own(), 10)).isFalse();
    assertThat(own.capacity()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void concurrencyCountsWhatRuns() {
    Concurrency three = new Concurrency(3);
    three.start(0, 2);
    assertThat(three.readyAt(1, 1)).isEqualTo(1);
    assertThat(three.readyAt(1, 2)).isEqualTo(Limit.NEVER);
    assertThat(three.readyAt(1, Long.MAX_VALUE)).isEqualTo(Limit.NEVER);
    three.settle(0, 1, 2, 5);
    assertThat(three.available(1)).isZero();
    three.settle(0, 1, 5, 1);
    assertThat(three.available(1)).isEqualTo(2);
    Concurrency one = new Concurrency(1);
    assertThat(one.inherit(three, 1)).isTrue();
    assertThat(one.readyAt(1, 1)).isEqualTo(Limit.NEVER);
    one.end(0, 2, 1);
    assertThat(one.idle(2)).isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Concurrency(0))
        .withMessageContaining("not 0");
  }

  @Test
  void aPauseIsPutOffAndNeverShortened() {
    Pause pause = new Pause();
    assertThat(pause.idle(0)).isTrue();
    pause.extend(10);
    pause.extend(5);
    assertThat(pause.readyAt(1, 1)).isEqualTo(10);
    assertThat(pause.readyAt(11, 1)).isEqualTo(11);
    pause.extend(Limit.NEVER - 1);
    assertThat(pause.readyAt(11, 1)).isEqualTo(Limit.NEVER - 1);
    assertThat(pause.idle(11)).isFalse();
  }
}
