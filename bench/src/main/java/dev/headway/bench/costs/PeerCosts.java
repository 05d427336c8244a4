package dev.headway.bench.costs;

import com.google.common.util.concurrent.RateLimiter;
import io.github.bucket4j.Bucket;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The calls of other libraries, at the same rate as ours. */
@State(Scope.Benchmark)
public class PeerCosts {

  private static final Duration PERIOD = Duration.ofNanos(Limits.PERIOD_NANOS);

  private final RateLimiter guava = RateLimiter.create(Limits.PER_SECOND);
  private final Bucket greedy =
      Bucket.builder()
          .addLimit(limit -> limit.capacity(Limits.PERMITS).refillGreedy(Limits.PERMITS, PERIOD))
          .build();
  private final Bucket intervally =
      Bucket.builder()
          .addLimit(
              limit -> limit.capacity(Limits.PERMITS).refillIntervally(Limits.PERMITS, PERIOD))
          .build();
  private final io.github.resilience4j.ratelimiter.RateLimiter resilience4j =
      io.github.resilience4j.ratelimiter.RateLimiter.of(
          "bench",
          RateLimiterConfig.custom()
              .limitForPeriod(Limits.PERMITS)
              .limitRefreshPeriod(PERIOD)
              .timeoutDuration(Duration.ZERO)
              .build());
  private final dev.failsafe.RateLimiter<Object> bursty =
      dev.failsafe.RateLimiter.burstyBuilder(Limits.PERMITS, PERIOD).build();
  private final dev.failsafe.RateLimiter<Object> smooth =
      dev.failsafe.RateLimiter.smoothBuilder(Limits.PERMITS, PERIOD).build();
  private final Semaphore semaphore = new Semaphore(Limits.PERMITS);

  /** Guava. */
  @Benchmark
  public boolean guava(Refused refused) {
    return refused.unless(guava.tryAcquire());
  }

  /** Bucket4j, greedy. */
  @Benchmark
  public boolean bucket4jGreedy(Refused refused) {
    return refused.unless(greedy.tryConsume(1));
  }

  /** Bucket4j, intervally. */
  @Benchmark
  public boolean bucket4jIntervally(Refused refused) {
    return refused.unless(intervally.tryConsume(1));
  }

  /** Resilience4j. */
  @Benchmark
  public boolean resilience4j(Refused refused) {
    return refused.unless(resilience4j.acquirePermission());
  }

  /** Failsafe, bursty. */
  @Benchmark
  public boolean failsafeBursty(Refused refused) {
    return refused.unless(bursty.tryAcquirePermit());
  }

  /** Failsafe, smooth. */
  @Benchmark
  public boolean failsafeSmooth(Refused refused) {
    return refused.unless(smooth.tryAcquirePermit());
  }

  /** The JDK's semaphore, acquired and released. */
  @Benchmark
  public void semaphore() throws InterruptedException {
    semaphore.acquire();
    semaphore.release();
  }
}
