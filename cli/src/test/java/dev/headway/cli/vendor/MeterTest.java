package dev.headway.cli.vendor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.limit.Rate;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class MeterTest {

  private static final long FIRST = 7_000_000_000L;
  private static final long SECOND = 1_000_000_000L;

  @Test
  void a_window_takes_its_limit_and_begins_anew_with_the_first_request_after_its_end() {
    Meter window = new FixedWindow(Rate.parse("3/s"));
    window.take(FIRST, 2);

    assertThat(window.remaining(FIRST + 1)).isEqualTo(1);
    assertThat(window.untilRoom(FIRST + 1, 1)).isZero();
    assertThat(window.untilRoom(FIRST + 1, 2)).isEqualTo(SECOND - 1);
    assertThat(window.untilReset(FIRST + SECOND - 1)).isEqualTo(1);
    assertThat(window.remaining(FIRST + SECOND)).isEqualTo(3);
    assertThat(window.untilReset(FIRST + SECOND)).as("none is open").isZero();

    window.take(FIRST + 5 * SECOND, 3);
    assertThat(window.untilRoom(FIRST + 5 * SECOND + 1, 1)).isEqualTo(SECOND - 1);
    window.giveBack(FIRST + 5 * SECOND + 1, 2);
    assertThat(window.remaining(FIRST + 5 * SECOND + 1)).isEqualTo(2);
  }

  @Test
  void a_bucket_takes_its_limit_at_once_and_then_what_has_leaked() {
    Meter bucket = new LeakyBucket(Rate.parse("4/s"));
    bucket.take(FIRST, 1);
    bucket.take(FIRST, 3);

    assertThat(bucket.remaining(FIRST)).isZero();
    assertThat(bucket.untilReset(FIRST)).isEqualTo(SECOND);
    assertThat(bucket.untilRoom(FIRST, 1)).isEqualTo(SECOND / 4);
    assertThat(bucket.remaining(FIRST + SECOND / 4 - 1)).isZero();
    assertThat(bucket.remaining(FIRST + SECOND / 4)).isEqualTo(1);
    assertThat(bucket.remaining(FIRST + SECOND)).isEqualTo(4);
    bucket.giveBack(FIRST, 2);
    assertThat(bucket.remaining(FIRST)).isEqualTo(2);
    assertThat(bucket.untilReset(FIRST)).isEqualTo(SECOND / 2);
  }

  @Test
  void a_bucket_takes_no_more_in_any_time_than_its_limit_and_what_leaks_meanwhile() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      long permits = 1L + random.nextInt(1_000);
      Rate rate = Rate.of(permits, Duration.ofMillis(1 + random.nextInt(5_000)));
      Meter bucket = new LeakyBucket(rate);
      long now = random.nextBoolean() ? FIRST : -FIRST;
      double level = 0;
      for (int i = 0; i < 300; i++) {
        long step = random.nextLong(rate.period().toNanos() / 50 + 1);
        now += step;
        level = Math.max(0, level - (double) permits * step / rate.period().toNanos());
        long amount = 1 + random.nextLong(Math.max(1, permits / 10));
        assertThat(bucket.remaining(now))
            .isBetween((long) (permits - level - 1e-3), (long) (permits - level + 1e-3));
        long wait = bucket.untilRoom(now, amount);
        if (wait > 0) {
          assertThat(bucket.remaining(now)).isLessThan(amount);
          assertThat(bucket.untilRoom(now + wait, amount)).isZero();
          assertThat(bucket.untilRoom(now + wait - 1, amount)).isEqualTo(1);
        } else {
          bucket.take(now, amount);
          level += amount;
        }
      }
    }
  }
}
