package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.headway.testkit.Stopwatch;
import dev.headway.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class StopwatchTest {

  private final VirtualTime time = new VirtualTime();
  private final List<String> printed = new ArrayList<>();
  private final Stopwatch timer = new Stopwatch("fetch", printed::add, time);

  private int sleep(int millis) {
    try {
      time.sleep(Duration.ofMillis(millis));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return millis;
  }

  @Test
  void whatHasTimedNothingSaysSo() {
    assertThat(timer.count()).isZero();
    assertThat(timer.total()).isZero();
    assertThat(timer.last()).isEmpty();
    assertThat(timer.mean()).isEmpty();
    assertThat(timer.min()).isEmpty();
    assertThat(timer.max()).isEmpty();
    assertThat(timer).hasToString("fetch: nothing timed yet");
  }

  @Test
  void theFiguresAreThoseOfAllPiecesOfWork() throws Exception {
    time.run(() -> {
      for (int millis : new int[] {300, 100, 800, 400}) {
        try (Stopwatch.Span span = timer.start()) {
          sleep(millis);
        }
      }
      return null;
    });
    assertThat(timer.count()).isEqualTo(4);
    assertThat(timer.total()).isEqualTo(Duration.ofMillis(1_600));
    assertThat(timer.last()).contains(Duration.ofMillis(400));
    assertThat(timer.mean()).contains(Duration.ofMillis(400));
    assertThat(timer.min()).contains(Duration.ofMillis(100));
    assertThat(timer.max()).contains(Duration.ofMillis(800));
  }

  @Test
  void aVerboseTimerSharesTheFiguresOfTheOneItComesFrom() throws Exception {
    time.run(() -> {
      timer.time(() -> sleep(100));
      timer.verbose().time(() -> sleep(300));
      return null;
    });
    assertThat(timer.mean()).contains(Duration.ofMillis(200));
    assertThat(printed)
        .hasSize(3)
        .element(1)
        .asString()
        .startsWith("fetch #2 begins at 2000-01-01T00:00:00.100Z");
  }

  @Test
  void aLineIsPrintedAfterEachPieceOfWork() throws Exception {
    time.run(() -> {
      try (Stopwatch.Span span = timer.start()) {
        sleep(1_500);
        assertThat(printed).isEmpty();
      }
      time.sleep(Duration.ofHours(1));
      try (Stopwatch.Span span = timer.start()) {
        time.sleep(Duration.ofNanos(250_000));
      }
      return null;
    });
    assertThat(printed)
        .containsExactly(
            "fetch: 1.5s (1 so far: mean 1.5s, min 1.5s, max 1.5s)",
            "fetch: 0.00025s (2 so far: mean 0.75s, min 0.00025s, max 1.5s)");
    assertThat(timer).hasToString(printed.get(1));
  }

  @Test
  void eachFormOfWrappedWorkIsTimedAtEachCall() throws Exception {
    time.run(() -> {
      Function<Integer, Integer> function = timer.wrap((Integer millis) -> sleep(millis));
      Supplier<Integer> supplier = timer.wrap((Supplier<Integer>) () -> sleep(2));
      Callable<Integer> callable = timer.wrap((Callable<Integer>) () -> sleep(3));
      Runnable runnable = timer.wrap((Runnable) () -> sleep(4));
      assertThat(timer.count()).isZero();
      assertThat(function.apply(1)).isEqualTo(1);
      assertThat(supplier.get()).isEqualTo(2);
      assertThat(callable.call()).isEqualTo(3);
      runnable.run();
      runnable.run();
      return null;
    });
    assertThat(timer.count()).isEqualTo(5);
    assertThat(timer.total()).isEqualTo(Duration.ofMillis(14));
  }

  @Test
  void workThatFailsIsTimedAndItsFailureComesThrough() throws Exception {
    time.run(() -> {
      assertThatIllegalStateException()
          .isThrownBy(() ->
              timer.time(() -> {
                sleep(7);
                throw new IllegalStateException("no");
              }))
          .withMessage("no");
      return null;
    });
    assertThat(timer.last()).contains(Duration.ofMillis(7));
  }

  @Test
  void aSpanCountsOnceHoweverOftenItIsClosed() {
    Stopwatch.Span span = timer.start();
    timer.start();
    span.close();
    span.close();
    assertThat(timer.count()).isEqualTo(1);
    assertThat(printed).hasSize(1);
  }

  @Test
  void piecesThatOverlapCountInFullAndNoneIsLost() throws Exception {
    Stopwatch shared = new Stopwatch("shared", text -> {}, time);
    time.run(() -> {
      for (int i = 0; i < 20; i++) {
        time.start(
            "worker",
            () -> {
              for (int j = 0; j < 100; j++) {
                shared.wrap((Runnable) () -> sleep(1)).run();
              }
            });
      }
      time.sleep(Duration.ofSeconds(1));
      return null;
    });
    assertThat(shared.count()).isEqualTo(2_000);
    assertThat(shared.total()).isEqualTo(Duration.ofSeconds(2));
    assertThat(shared.mean()).contains(Duration.ofMillis(1));
  }
}
