package dev.headway.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenBucketTest {

  @ParameterizedTest
  @CsvSource({"3/s, 1", "3/s, 7", "7/11ms, 3", "999/1000ns, 5", "1/ns, 2", "13/6ns, 30"})
  void theLongRunRateIsExactWithoutDriftOverTenMillionStarts(String text, long burst) {
    Rate rate = Rate.parse(text);
    TokenBucket bucket = new TokenBucket(rate, burst);
    long first = 1_000;
    long now = first;
    long starts = 10_000_000;
    for (long i = 0; i < starts; i++) {
      now = bucket.readyAt(now, 1);
      bucket.start(now, 1);
    }
    BigInteger exact =
        BigInteger.valueOf(starts - burst)
            .multiply(BigInteger.valueOf(rate.period().toNanos()))
            .add(BigInteger.valueOf(rate.permits() - 1))
            .divide(BigInteger.valueOf(rate.permits()));
    assertThat(now - first).isEqualTo(exact.longValueExact());
  }

  @Test
  void agreesWithANaiveModelInWholeUnits() {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      long burst = 1 + random.nextLong(10);
      long interval = 1 + random.nextLong(8);
      TokenBucket bucket = new TokenBucket(Rate.of(1, Duration.ofNanos(interval)), burst);
      long now = random.nextInt(50);
      long level = burst * interval;
      for (int step = 0; step < 300; step++) {
        long later = random.nextInt(3) == 0 ? random.nextInt(40) : random.nextInt(3);
        now += later;
        level = Math.min(burst * interval, level + later);
        String where = "seed " + seed + ", step " + step;
        long amount = 1 + random.nextLong(burst);
        long ready = now + Math.max(0, amount * interval - level);
        assertThat(bucket.readyAt(now, amount)).as(where).isEqualTo(ready);
        assertThat(bucket.available(now)).as(where).isEqualTo(level / interval);
        assertThat(bucket.idle(now)).as(where).isEqualTo(level == burst * interval);
        if (random.nextBoolean()) {
          level = Math.min(burst * interval, level + ready - now) - amount * interval;
          now = ready;
          bucket.start(now, amount);
        }
      }
    }
  }

  @Test
  void moreThanTheBucketHoldsNeverStarts() {
    TokenBucket bucket = new TokenBucket(Rate.parse("5/s"), 20);
    assertThat(bucket.capacity()).isEqualTo(20);
    assertThat(bucket.readyAt(0, 21)).isEqualTo(Limit.NEVER);
    assertThat(bucket.readyAt(0, Long.MAX_VALUE)).isEqualTo(Limit.NEVER);
  }

  @Test
  void whatWasTakenTooMuchIsGivenBackAtOnce() {
    TokenBucket bucket = new TokenBucket(Rate.parse("1/s"), 10);
    bucket.start(0, 10);
    assertThat(bucket.readyAt(0, 4)).isEqualTo(4_000_000_000L);
    bucket.settle(0, 0, 10, 6);
    assertThat(bucket.available(0)).isEqualTo(4);
    bucket.settle(0, 0, 6, 8);
    assertThat(bucket.available(0)).isEqualTo(2);
  }

  @Test
  void whateverIsGivenBackNoStretchHoldsMoreThanTheBurstAndTheRate() {
    record Start(long at, long amount) {}
    for (long seed = 0; seed < 400; seed++) {
      Random random = new Random(seed);
      long burst = 2 + random.nextLong(10);
      long interval = 1 + random.nextLong(6);
      TokenBucket bucket = new TokenBucket(Rate.of(1, Duration.ofNanos(interval)), burst);
      List<Start> starts = new ArrayList<>();
      long now = 0;
      for (int step = 0; step < 150; step++) {
        now += random.nextInt(4) == 0 ? random.nextInt(3 * (int) (burst * interval)) : 0;
        if (!starts.isEmpty() && random.nextInt(3) == 0) {
          int which = random.nextInt(starts.size());
          Start start = starts.get(which);
          long to = random.nextLong(start.amount + 1);
          bucket.settle(start.at, now, start.amount, to);
          starts.set(which, new Start(start.at, to));
        } else {
          long amount = 1 + random.nextLong(burst);
          now = bucket.readyAt(now, amount);
          bucket.start(now, amount);
          starts.add(new Start(now, amount));
        }
      }
      for (int i = 0; i < starts.size(); i++) {
        long sum = 0;
        for (int j = i; j < starts.size(); j++) {
          sum += starts.get(j).amount;
          long length = starts.get(j).at - starts.get(i).at;
          assertThat(sum)
              .as("seed %d: from start %d to %d", seed, i, j)
              .isLessThanOrEqualTo(burst + length / interval);
        }
      }
    }
  }

  @Test
  void hugeRatesAndPeriodsDoNotOverflow() {
    Rate fast = Rate.parse("1000000000000000/ns");
    TokenBucket bucket = new TokenBucket(fast, Long.MAX_VALUE);
    for (int i = 0; i < 100_000; i++) {
      assertThat(bucket.readyAt(i, 1_000_000_000_000_000L)).isEqualTo(i);
      bucket.start(i, 1_000_000_000_000_000L);
    }
    assertThat(bucket.readyAt(100_000, Long.MAX_VALUE)).isBetween(100_000L, 100_001L);
    TokenBucket slow = new TokenBucket(Rate.parse("1/36500d"), 1);
    long century = Duration.ofDays(36_500).toNanos();
    slow.start(5, 1);
    assertThat(slow.readyAt(6, 1)).isEqualTo(5 + century);
    slow.settle(5, 6, 1, 1_000_000_000_000_000L);
    assertThat(slow.readyAt(6, 1)).isBetween(5 + century, Limit.NEVER - 1);
    assertThat(slow.forecast(6, Long.MAX_VALUE, 1)).isPositive();
  }

  @Test
  void aBucketThatTakesLongerThanACenturyToFillIsAnError() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TokenBucket(Rate.parse("1/36500d"), 2))
        .withMessageContaining("not 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TokenBucket(Rate.parse("1/s"), 0))
        .withMessageContaining("not 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TokenBucket(Rate.parse("1/s"), Long.MAX_VALUE));
  }

  @Test
  void anHeirLacksWhatItsFormerLacked() {
    TokenBucket former = new TokenBucket(Rate.parse("1/s"), 10);
    former.start(0, 8);
    TokenBucket heir = new TokenBucket(Rate.parse("2/s"), 10);
    assertThat(heir.inherit(former, 0)).isTrue();
    assertThat(heir.available(0)).isEqualTo(2);
    TokenBucket small = new TokenBucket(Rate.parse("2/s"), 5);
    small.inherit(former, 0);
    assertThat(small.available(0)).isZero();
    assertThat(small.readyAt(0, 5)).isEqualTo(2_500_000_000L);
  }
}
