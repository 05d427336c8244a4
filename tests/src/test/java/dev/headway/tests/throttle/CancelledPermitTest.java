package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.limit.Cost;
import dev.headway.limit.Counted;
import dev.headway.testkit.VirtualTime;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleBuilder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A permit whose work has not begun can be given back. */
class CancelledPermitTest {

  private final VirtualTime time = new VirtualTime();

  private Throttle throttle(UnaryOperator<ThrottleBuilder> limits) {
    return limits.apply(Throttle.builder().timeSource(time)).build();
  }

  private static Stream<UnaryOperator<ThrottleBuilder>> everyKindOfLimit() {
    return Stream.of(
        limits -> limits.rate("3/s"),
        limits -> limits.rate("3/s", Counted.FROM_END),
        limits -> limits.rate("3/s", Counted.onArrival(Duration.ofMillis(500))),
        limits -> limits.tokenBucket("1/s", 3),
        limits -> limits.concurrency(3),
        limits -> limits.rate("3/s").rate("9/m").concurrency(3));
  }

  @ParameterizedTest
  @MethodSource("everyKindOfLimit")
  void noLimitCountsIt(UnaryOperator<ThrottleBuilder> limits) throws Exception {
    time.run(() -> {
      Throttle throttle = throttle(limits);
      List<Permit> permits =
          Stream.generate(throttle::tryAcquire).limit(3).flatMap(p -> p.stream()).toList();
      assertThat(permits).hasSize(3);
      assertThat(throttle.tryAcquire()).isEmpty();
      permits.forEach(Permit::cancel);
      assertThat(throttle.tryAcquireUpTo(5).map(Permit::cost)).contains(Cost.permits(3));
      assertThat(throttle.snapshot().granted()).isEqualTo(1);
      return null;
    });
  }

  @Test
  void aBudgetHasItsAmountAgain() throws Exception {
    time.run(() -> {
      Throttle throttle = throttle(limits -> limits.budget("tokens", "100/m"));
      Permit permit = throttle.tryAcquire(Cost.of("tokens", 60)).orElseThrow();
      permit.settle("tokens", 80);
      assertThat(throttle.tryAcquire(Cost.of("tokens", 21))).isEmpty();
      permit.cancel();
      assertThat(throttle.tryAcquire(Cost.of("tokens", 100))).isPresent();
      return null;
    });
  }

  @Test
  void aCallerThatWaitsStartsAtOnce() throws Exception {
    time.run(() -> {
      Throttle throttle = throttle(limits -> limits.rate("1/h"));
      Permit permit = throttle.tryAcquire().orElseThrow();
      CompletableFuture<Permit> next = throttle.acquireAsync();
      time.sleep(Duration.ofSeconds(1));
      assertThat(next).isNotDone();
      permit.cancel();
      assertThat(time.await(next).waited()).isEqualTo(Duration.ofSeconds(1));
      return null;
    });
  }

  @Test
  void aPermitThatEndedOrWhoseWorkArrivedStaysCounted() throws Exception {
    time.run(() -> {
      Throttle throttle = throttle(limits -> limits.rate("2/s"));
      Permit closed = throttle.tryAcquire().orElseThrow();
      closed.close();
      closed.cancel();
      Permit arrived = throttle.tryAcquire().orElseThrow();
      arrived.arrived();
      arrived.cancel();
      arrived.cancel();
      assertThat(throttle.tryAcquire()).isEmpty();
      assertThat(throttle.snapshot().running()).isZero();
      assertThat(throttle.snapshot().granted()).isEqualTo(2);
      return null;
    });
  }

  @Test
  void closingACancelledPermitChangesNothing() throws Exception {
    time.run(() -> {
      Throttle throttle = throttle(limits -> limits.concurrency(1));
      Permit cancelled = throttle.tryAcquire().orElseThrow();
      cancelled.cancel();
      Permit other = throttle.tryAcquire().orElseThrow();
      cancelled.close();
      assertThat(throttle.tryAcquire()).isEmpty();
      other.close();
      assertThat(throttle.tryAcquire()).isPresent();
      return null;
    });
  }
}
