package dev.headway.bench.costs;

import dev.headway.limit.Counted;
import dev.headway.limit.Rate;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import java.time.Duration;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Our calls, at a rate of one per nanosecond, which is never reached. */
@State(Scope.Benchmark)
public class OurCosts {

  private static final Rate RATE = Rate.of(Limits.PERMITS, Duration.ofNanos(Limits.PERIOD_NANOS));

  private final Throttle window = Throttle.builder().rate(RATE).build();
  private final Throttle bucket = Throttle.builder().tokenBucket(RATE, Limits.PERMITS).build();
  private final Throttle spacing = Throttle.builder().spacing(Duration.ofNanos(1)).build();
  private final Throttle composite =
      Throttle.builder()
          .rate(RATE)
          .tokenBucket(RATE, Limits.PERMITS)
          .spacing(Duration.ofNanos(1))
          .build();
  private final Throttle concurrency = Throttle.builder().concurrency(Limits.PERMITS).build();
  private final Throttle fromEnd = Throttle.builder().rate(RATE, Counted.FROM_END).build();

  /** A window. */
  @Benchmark
  public boolean window(Refused refused) {
    return refused.unless(window.tryAcquire().isPresent());
  }

  /** A window whose permit is passed on. */
  @Benchmark
  public Optional<Permit> windowHandedOn() {
    return window.tryAcquire();
  }

  /** A token bucket. */
  @Benchmark
  public boolean bucket(Refused refused) {
    return refused.unless(bucket.tryAcquire().isPresent());
  }

  /** A spacing. */
  @Benchmark
  public boolean spacing(Refused refused) {
    return refused.unless(spacing.tryAcquire().isPresent());
  }

  /** The three together. */
  @Benchmark
  public boolean composite(Refused refused) {
    return refused.unless(composite.tryAcquire().isPresent());
  }

  /** Concurrency, acquired and released. */
  @Benchmark
  public void concurrency() throws InterruptedException {
    concurrency.acquire().close();
  }

  /** A window counted from the end, acquired and released. */
  @Benchmark
  public void fromEnd() throws InterruptedException {
    fromEnd.acquire().close();
  }
}
