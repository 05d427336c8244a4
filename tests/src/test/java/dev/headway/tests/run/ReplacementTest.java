package dev.headway.tests.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headway.Headway;
import dev.headway.Outcome;
import dev.headway.Retry;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottledException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A task that is told to slow down may ask for another one to be run in its place. */
class ReplacementTest extends InVirtualTime {

  private static ThrottledException slowDown() {
    return new ThrottledException(Duration.ofSeconds(10));
  }

  @Test
  void theItemGoesToTheFrontWithItsReplacementAndNothingIsLost() throws Exception {
    run(() -> {
      Throttle throttle = Throttle.builder().timeSource(time).spacing("1/s").build();
      List<String> order = Collections.synchronizedList(new ArrayList<>());
      List<Outcome<Integer, String>> outcomes =
          outcomes(
              Headway.with(throttle)
                  .concurrency(3)
                  .ordered()
                  .map(
                      numbers(5),
                      item -> {
                        order.add("task " + item);
                        sleep(0.5);
                        if (item == 2) {
                          throw slowDown()
                              .insteadRun(() -> {
                                order.add("replacement " + item + " at " + (int) (seconds() * 10));
                                return "other";
                              });
                        }
                        return "r" + item;
                      }));
      assertThat(order)
          .containsExactly(
              "task 0", "task 1", "task 2", "replacement 2 at 125", "task 3", "task 4");
      assertThat(outcomes)
          .extracting(Outcome::value)
          .containsExactly("r0", "r1", "other", "r3", "r4");
      assertThat(outcomes).extracting(Outcome::attempts).containsOnly(1);
    });
  }

  @Test
  void aReplacementIsRetriedAndReplacedAsAnyTaskIs() throws Exception {
    run(() -> {
      AtomicInteger originals = new AtomicInteger();
      AtomicInteger tries = new AtomicInteger();
      Callable<Integer> last = () -> 7;
      Callable<Integer> second =
          () -> {
            if (tries.incrementAndGet() < 3) {
              throw new IOException("not yet");
            }
            throw slowDown().insteadRun(last);
          };
      Callable<Integer> first =
          () -> {
            originals.incrementAndGet();
            throw slowDown().insteadRun(second);
          };
      assertThat(free(1).retry(Retry.upTo(5)).invokeAll(List.of(first))).containsExactly(7);
      assertThat(originals).hasValue(1);
      assertThat(tries).hasValue(3);
    });
  }

  @Test
  void aReplacementOfAnotherTypeIsFoundOutWhereItsResultIsUsed() throws Exception {
    run(() -> {
      Callable<Integer> wrong =
          () -> {
            throw slowDown().insteadRun(() -> "text");
          };
      Callable<Integer> nothing =
          () -> {
            throw slowDown().insteadRun(() -> null);
          };
      List<Outcome<Callable<Integer>, Integer>> outcomes =
          outcomes(free(1).ordered().concurrent(List.of(wrong, nothing, () -> 3)));
      assertThatThrownBy(() -> Math.abs(outcomes.get(0).value()))
          .isInstanceOf(ClassCastException.class)
          .hasMessageContaining("java.lang.String");
      assertThat(outcomes.get(1).value()).as("null is of every type").isNull();
      assertThat(outcomes.get(2).value()).isEqualTo(3);
    });
  }

  @Test
  void askingForAReplacementKeepsWhatElseWasSaid() {
    ThrottledException told = new ThrottledException(Duration.ofSeconds(3));
    told.initCause(new IOException("429"));
    ThrottledException other = told.insteadRun(() -> 1);
    assertThat(other.retryAfter()).contains(Duration.ofSeconds(3));
    assertThat(other).hasMessage(told.getMessage()).hasRootCauseMessage("429");
    assertThat(other.replacement()).isPresent();
    assertThat(told.replacement()).isEmpty();
  }
}
