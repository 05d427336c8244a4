package dev.headway.tests.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.Headway;
import dev.headway.testkit.Windows;
import dev.headway.throttle.Throttle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Many runs may share a throttle: the window is kept, nothing is wasted and each gets on. */
class SharedThrottleTest extends InVirtualTime {

  @Test
  void theWindowIsKeptAndEachGetsOn() throws Exception {
    run(() -> {
      int runs = 10;
      Throttle throttle = throttle("20/s");
      List<Long> starts = Collections.synchronizedList(new ArrayList<>());
      List<AtomicInteger> done = new ArrayList<>();
      List<CompletableFuture<Double>> ends = new ArrayList<>();
      for (int i = 0; i < runs; i++) {
        AtomicInteger mine = new AtomicInteger();
        done.add(mine);
        ends.add(
            fork(() -> {
              outcomes(
                  Headway.with(throttle)
                      .concurrency(5)
                      .map(
                          numbers(40),
                          item -> {
                            starts.add(time.nanoTime());
                            sleep(0.3);
                            return mine.incrementAndGet();
                          }));
              return seconds();
            }));
      }
      sleep(10.5);
      assertThat(done).as("22 each on average").allMatch(mine -> mine.get() > 10);
      for (CompletableFuture<Double> end : ends) {
        time.await(end);
      }
      long[] instants = starts.stream().mapToLong(Long::longValue).toArray();
      assertThat(Windows.fullest(instants, Duration.ofSeconds(1))).isEqualTo(20);
      assertThat(seconds()).as("400 at 20 a second").isBetween(19.3, 20.6);
      assertUnused(throttle);
    });
  }

  @Test
  void aRunThatIsLeftHandsItsPlaceInLineToTheOthers() throws Exception {
    run(() -> {
      Throttle throttle = throttle("1/s");
      var left = Headway.with(throttle).map(numbers(100), taking(0.1));
      CompletableFuture<Double> other =
          fork(() -> {
            outcomes(Headway.with(throttle).map(numbers(10), taking(0.1)));
            return seconds();
          });
      sleep(5.5);
      left.close();
      long startedByIt = left.progress().started();
      assertThat(time.await(other)).isEqualTo(10 + startedByIt - 1 + 0.1);
    });
  }
}
