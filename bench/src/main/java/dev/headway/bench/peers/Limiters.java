package dev.headway.bench.peers;

import com.google.common.util.concurrent.RateLimiter;
import dev.failsafe.RateLimiterBuilder;
import dev.headway.limit.Counted;
import dev.headway.limit.Rate;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import io.github.bucket4j.BlockingBucket;
import io.github.bucket4j.Bucket;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;

/** Limiters at a rate per second, ours and others'. */
public final class Limiters {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private Limiters() {}

  /** A kind of limiter. */
  @FunctionalInterface
  public interface Kind {
    /** A limiter at a rate per second. */
    Limiter at(int perSecond);
  }

  /** Our window, counted from the start or the end. */
  public static Limiter window(int perSecond, Counted counted) {
    return ours(Throttle.builder().rate(Rate.of(perSecond, SECOND), counted).build());
  }

  /** Our spacing. */
  public static Limiter spacing(int perSecond) {
    return ours(Throttle.builder().spacing(Rate.of(perSecond, SECOND)).build());
  }

  private static Limiter ours(Throttle throttle) {
    return () -> {
      Permit permit = throttle.acquire();
      return permit::close;
    };
  }

  /** Guava's, which spaces and saves up one second. */
  public static Limiter guava(int perSecond) {
    RateLimiter limiter = RateLimiter.create(perSecond);
    return () -> {
      limiter.acquire();
      return Limiter.Held.NOTHING;
    };
  }

  /** Bucket4j's greedy bucket. */
  public static Limiter bucket4jGreedy(int perSecond) {
    return blocking(
        Bucket.builder()
            .addLimit(limit -> limit.capacity(perSecond).refillGreedy(perSecond, SECOND))
            .build());
  }

  /** Bucket4j's bucket that fills once per second. */
  public static Limiter bucket4jIntervally(int perSecond) {
    return blocking(
        Bucket.builder()
            .addLimit(limit -> limit.capacity(perSecond).refillIntervally(perSecond, SECOND))
            .build());
  }

  private static Limiter blocking(Bucket bucket) {
    BlockingBucket blocking = bucket.asBlocking();
    return () -> {
      blocking.consume(1);
      return Limiter.Held.NOTHING;
    };
  }

  /** Resilience4j's, by cycles of a second. */
  public static Limiter resilience4j(int perSecond) {
    var limiter =
        io.github.resilience4j.ratelimiter.RateLimiter.of(
            "bench",
            RateLimiterConfig.custom()
                .limitForPeriod(perSecond)
                .limitRefreshPeriod(SECOND)
                .timeoutDuration(Duration.ofHours(1))
                .build());
    return () -> {
      if (!limiter.acquirePermission()) {
        throw new InterruptedException("Resilience4j rejects a thread that is interrupted");
      }
      return Limiter.Held.NOTHING;
    };
  }

  /** Failsafe's, by periods of a second. */
  public static Limiter failsafeBursty(int perSecond) {
    return failsafe(dev.failsafe.RateLimiter.burstyBuilder(perSecond, SECOND));
  }

  /** Failsafe's, evenly spaced. */
  public static Limiter failsafeSmooth(int perSecond) {
    return failsafe(dev.failsafe.RateLimiter.smoothBuilder(perSecond, SECOND));
  }

  private static Limiter failsafe(RateLimiterBuilder<Object> builder) {
    var limiter = builder.build();
    return () -> {
      limiter.acquirePermit();
      return Limiter.Held.NOTHING;
    };
  }
}
