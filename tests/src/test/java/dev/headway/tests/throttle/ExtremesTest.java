package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.headway.Headway;
import dev.headway.Results;
import dev.headway.Retry;
import dev.headway.limit.Cost;
import dev.headway.limit.Rate;
import dev.headway.limit.Spacing;
import dev.headway.limit.TokenBucket;
import dev.headway.testkit.VirtualTime;
import dev.headway.throttle.AcquireTimeoutException;
import dev.headway.throttle.Permit;
import dev.headway.throttle.PriorStart;
import dev.headway.throttle.Snapshot;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleBuilder;
import dev.headway.throttle.ThrottledException;
import dev.headway.time.Durations;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No duration, rate or number overflows: it is taken for the longest there is, or refused. */
@Timeout(30)
class ExtremesTest {

  private static final Duration LONGEST = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);
  private static final Duration LEAST = Duration.ofSeconds(Long.MIN_VALUE);

  private final VirtualTime time = new VirtualTime();

  private ThrottleBuilder throttle() {
    return Throttle.builder().timeSource(time);
  }

  static Stream<Duration> endless() {
    return Stream.of(
        LONGEST,
        Duration.ofSeconds(Long.MAX_VALUE),
        Duration.ofNanos(Long.MAX_VALUE).plusNanos(1),
        Duration.ofNanos(Long.MAX_VALUE),
        Duration.between(Instant.EPOCH, Instant.MAX),
        Duration.ofDays(200_000));
  }

  static Stream<Duration> past() {
    return Stream.of(
        LEAST,
        Duration.between(Instant.EPOCH, Instant.MIN),
        Duration.ofNanos(Long.MIN_VALUE).minusNanos(1),
        Duration.ofNanos(Long.MIN_VALUE),
        Duration.ofDays(-1),
        Duration.ofNanos(-1),
        Duration.ZERO);
  }

  @ParameterizedTest
  @MethodSource("endless")
  void whoeverWaitsForAsLongAsItTakesIsServed(Duration endless) throws Exception {
    Throttle throttle = throttle().rate("1/h").maxWait(endless).build();
    throttle.acquire();
    throttle.acquire();
    assertThat(throttle.tryAcquire(endless)).isPresent();
    assertThat(throttle.<Integer, RuntimeException>call(() -> 1, endless)).isEqualTo(1);
    time.run(() -> time.await(throttle.acquireAsync()));
    assertThat(time.elapsed()).isEqualTo(Duration.ofHours(4));
  }

  @ParameterizedTest
  @MethodSource("endless")
  void theMachinesTimeKnowsThemToo(Duration endless) throws Exception {
    Throttle throttle = Throttle.builder().rate("1/100ms").maxWait(endless).build();
    throttle.acquire();
    assertThat(throttle.tryAcquire(endless)).isPresent();
    throttle.acquireAsync().get();
    Thread sleeper =
        Thread.startVirtualThread(() ->
            assertThatExceptionOfType(InterruptedException.class)
                .isThrownBy(() -> TimeSource.system().sleep(endless)));
    assertThat(sleeper.join(Duration.ofMillis(20))).isFalse();
    sleeper.interrupt();
    sleeper.join();
  }

  @ParameterizedTest
  @MethodSource("past")
  void whoeverDoesNotWaitComesBackAtOnce(Duration past) throws Exception {
    Throttle throttle = throttle().rate("1/h").build();
    assertThat(throttle.tryAcquire(past)).isPresent();
    assertThat(throttle.tryAcquire(past)).isEmpty();
    Throttle real = Throttle.of("1/h");
    real.acquire();
    assertThat(real.tryAcquire(past)).isEmpty();
    time.sleep(past);
    TimeSource.system().sleep(past);
    TimeSource.system().park(this, Long.MIN_VALUE);
    assertThat(time.elapsed()).isZero();
    Throttle impatient = throttle().rate("1/h").maxWait(Duration.ZERO).build();
    impatient.acquire();
    assertThat(catchThrowable(impatient::acquire)).isNotNull();
  }

  @ParameterizedTest
  @MethodSource("past")
  void whatMustNotBeInThePastIsRefusedByItsName(Duration past) {
    Throttle throttle = throttle().rate("1/h").build();
    assertRefused(past, () -> throttle.call(() -> 1, past));
    assertRefused(past, () -> Rate.of(1, past));
    assertRefused(past, () -> Spacing.of(past));
    assertRefused(past, () -> throttle().spacing(past));
    if (past.isNegative()) {
      assertRefused(past, () -> throttle.pauseFor(past));
      assertRefused(past, () -> throttle().maxWait(past));
      assertRefused(past, () -> Retry.upTo(1).backoff(past));
      assertRefused(past, () -> Retry.upTo(1).backoff(Duration.ZERO, past));
      assertRefused(past, () -> Headway.with(throttle).onProgress(past, progress -> {}));
      assertRefused(past, () -> new ThrottledException(past));
    }
  }

  private static void assertRefused(Duration given, ThrowingCallable call) {
    assertRefused(Durations.print(given), call);
  }

  @Test
  void headStartsBeyondAllBoundsAreRefused() {
    Throttle throttle = throttle().rate("1/h").build();
    for (Duration beyond : List.of(LONGEST, LEAST)) {
      assertRefused(beyond, () -> throttle.withPriority(beyond));
      assertRefused(
          beyond, () -> Throttle.<String>keyed(key -> throttle).get("key").withPriority(beyond));
    }
  }

  @ParameterizedTest
  @MethodSource("endless")
  void aPauseWithoutEndLasts(Duration endless) throws Exception {
    Throttle throttle = throttle().rate("1/h").build();
    throttle.pauseFor(endless);
    assertThat(throttle.tryAcquire(Duration.ofDays(36_500))).isEmpty();
    Snapshot now = throttle.snapshot();
    assertThat(now.untilNextStart().orElseThrow()).isPositive();
    assertThat(throttle.isLocked()).isTrue();
    throttle.pauseFor(endless);
    assertThat(throttle.tryAcquire()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("endless")
  void aServersWaitWithoutEndIsOneFailureOrTheEndOfTime(Duration endless) throws Exception {
    Throttle throttle = throttle().rate("1/h").build();
    AtomicInteger calls = new AtomicInteger();
    time.run(() -> {
      try (Results<Integer, Integer> results =
          Headway.with(throttle)
              .onProgress(endless, progress -> {})
              .map(
                  List.of(1),
                  item -> {
                    if (calls.incrementAndGet() == 1) {
                      throw new ThrottledException(endless);
                    }
                    return item;
                  })) {
        assertThat(results).containsExactly(1);
      }
      return null;
    });
    assertThat(time.elapsed()).isGreaterThan(Duration.ofDays(100_000));
  }

  @ParameterizedTest
  @MethodSource("endless")
  void backoffsGrowToTheLongestAndNoFurther(Duration endless) {
    Retry retry = Retry.upTo(Integer.MAX_VALUE).backoff(Duration.ofMillis(1), endless);
    for (int failures : new int[] {1, 2, 62, 63, 64, 65, Integer.MAX_VALUE}) {
      assertThat(retry.delay(failures)).isPositive();
      assertThat(Retry.upTo(1).backoff(endless).delay(failures)).isPositive();
    }
  }

  @Test
  void workOfAnyPastCountsFromWhereItWas() throws Exception {
    Throttle throttle =
        throttle()
            .past(
                List.of(
                    new PriorStart(Instant.MIN, Optional.of(Instant.MIN), Cost.one()),
                    new PriorStart(Instant.EPOCH, Optional.of(Instant.EPOCH), Cost.one()),
                    new PriorStart(Instant.MAX, Optional.of(Instant.MAX), Cost.one())))
            .rate("3/36500d")
            .build();
    assertThat(throttle.tryAcquire()).isPresent();
    assertThat(throttle.tryAcquire()).isEmpty();
    Duration untilTheOldestLeaves =
        Duration.between(time.instant(), Instant.EPOCH.plus(Duration.ofDays(36_500)));
    assertThat(throttle.tryAcquire(untilTheOldestLeaves.minusNanos(1))).isEmpty();
    assertThat(throttle.tryAcquire(Duration.ofNanos(1))).isPresent();
  }

  @Test
  void numbersOutOfRangeAreRefusedByTheirNames() {
    Throttle throttle = throttle().rate("1/h").budget("tokens", "10/h").build();
    for (long wrong : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
      String text = Long.toString(wrong);
      assertRefused(text, () -> throttle.acquire(wrong));
      assertRefused(text, () -> throttle.tryAcquire(wrong));
      assertRefused(text, () -> Rate.of(wrong, Duration.ofSeconds(1)));
      assertRefused(text, () -> new TokenBucket(Rate.parse("1/h"), wrong));
      if (wrong != 0) {
        assertRefused(text, () -> Cost.of("tokens", wrong));
        assertRefused(text, () -> settle(wrong));
      }
      if (wrong < 0) {
        assertRefused(text, () -> throttle().maxWaiting(wrong));
      }
      if (wrong < 1) {
        assertRefused(text, () -> throttle().concurrency(wrong));
      }
    }
  }

  private void settle(long amount) throws InterruptedException {
    try (Permit permit = throttle().budget("tokens", "10/h").build().acquire()) {
      permit.settle("tokens", amount);
    }
  }

  private static void assertRefused(String given, ThrowingCallable call) {
    assertThatIllegalArgumentException().isThrownBy(call).withMessageContaining(given);
  }

  @Test
  void theSlowestAndTheFastestRateAreKept() throws Exception {
    Throttle slow = throttle().rate("1/36500d").build();
    slow.acquire();
    slow.acquire();
    assertThat(time.elapsed()).isEqualTo(Duration.ofDays(36_500));
    Throttle fast = throttle().rate("1000000000000000/ns").build();
    fast.acquire(1_000_000_000_000_000L);
    fast.acquire(1_000_000_000_000_000L);
    assertThat(time.elapsed()).isEqualTo(Duration.ofDays(36_500).plusNanos(1));
    Throttle bucket = throttle().tokenBucket("1/36500d", 1).spacing("1/36500d").build();
    bucket.acquire();
    bucket.acquire();
    assertThat(time.elapsed()).isEqualTo(Duration.ofDays(73_000).plusNanos(1));
  }

  @Test
  void waitsThatEndInTimeSayForHowLong() throws Exception {
    Throttle throttle = throttle().concurrency(1).maxWait(Duration.ofDays(36_500)).build();
    throttle.acquire();
    assertThatExceptionOfType(AcquireTimeoutException.class).isThrownBy(throttle::acquire);
    assertThat(time.elapsed()).isEqualTo(Duration.ofDays(36_500));
  }
}
