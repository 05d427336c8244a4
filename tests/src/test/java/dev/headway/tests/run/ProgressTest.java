package dev.headway.tests.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.headway.Headway;
import dev.headway.Inputs;
import dev.headway.Progress;
import dev.headway.Results;
import dev.headway.Retry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A listener hears how far a run has come: growing numbers, one call at a time, all at the end. */
class ProgressTest extends InVirtualTime {

  @ParameterizedTest
  @ValueSource(longs = {0, 100, 1_000_000_000_000L})
  void progressOnlyGrowsIsToldOneAtATimeAndSaysEverythingAtTheEnd(long everyMillis)
      throws Exception {
    run(() -> {
      List<Progress> told = Collections.synchronizedList(new ArrayList<>());
      AtomicInteger telling = new AtomicInteger();
      AtomicInteger together = new AtomicInteger();
      outcomes(
          free(8)
              .retry(Retry.upTo(1).backoff(Duration.ofSeconds(1)))
              .onProgress(
                  Duration.ofMillis(everyMillis),
                  progress -> {
                    if (telling.incrementAndGet() > 1) {
                      together.incrementAndGet();
                    }
                    told.add(progress);
                    sleepThrough(0.05);
                    telling.decrementAndGet();
                  })
              .map(
                  numbers(400),
                  item -> {
                    sleep(item % 10 * 0.1);
                    if (item % 4 == 0) {
                      throw new IOException("no");
                    }
                    return item;
                  }));
      assertThat(together).hasValue(0);
      for (int i = 1; i < told.size(); i++) {
        Progress before = told.get(i - 1);
        Progress after = told.get(i);
        assertThat(after.started()).isGreaterThanOrEqualTo(before.started());
        assertThat(after.succeeded()).isGreaterThanOrEqualTo(before.succeeded());
        assertThat(after.failed()).isGreaterThanOrEqualTo(before.failed());
        assertThat(after.retries()).isGreaterThanOrEqualTo(before.retries());
        assertThat(after.elapsed()).isGreaterThanOrEqualTo(before.elapsed());
        assertThat(after.finished()).isLessThanOrEqualTo(after.started());
      }
      Progress last = told.get(told.size() - 1);
      assertThat(last.total()).isEqualTo(OptionalLong.of(400));
      assertThat(last.started()).isEqualTo(400);
      assertThat(last.succeeded()).isEqualTo(300);
      assertThat(last.failed()).isEqualTo(100);
      assertThat(last.retries()).isEqualTo(100);
      assertThat(last.remaining()).hasValue(Duration.ZERO);
      assertThat(told).hasSizeBetween(1, everyMillis > 1_000 ? 1 : 410);
    });
  }

  @Test
  void progressIsToldAtMostTenTimesASecondAndOnceAtTheEnd() throws Exception {
    run(() -> {
      List<Progress> told = Collections.synchronizedList(new ArrayList<>());
      outcomes(free(1).onProgress(told::add).map(numbers(1_000), taking(0.01)));
      assertThat(told).hasSize(101);
      assertThat(told.get(10).elapsed()).hasMillis(1_100);
    });
  }

  @Test
  void aListenerThatThrowsHarmsNobody() throws Exception {
    Logger logger = Logger.getLogger("dev.headway");
    logger.setLevel(Level.OFF);
    try {
      letListenersThrow();
    } finally {
      logger.setLevel(null);
    }
  }

  private void letListenersThrow() throws Exception {
    for (Throwable failure : List.of(new IllegalStateException("x"), new AssertionError("x"))) {
      run(() -> {
        AtomicInteger told = new AtomicInteger();
        assertThat(
                outcomes(
                    free(4)
                        .onProgress(
                            Duration.ZERO,
                            progress -> {
                              told.incrementAndGet();
                              FailureTest.<RuntimeException>sneak(failure);
                            })
                        .map(numbers(100), taking(1))))
            .hasSize(100);
        assertThat(told.get()).isGreaterThan(25);
      });
    }
  }

  @Test
  void theTotalIsKnownForCollectionsOnly() throws Exception {
    run(() -> {
      try (Results<Integer, Integer> known = free(1).map(numbers(7), taking(1));
          Results<Integer, Integer> unknown =
              free(1).map(Inputs.of(numbers(7).iterator()), taking(1))) {
        assertThat(known.progress().total()).hasValue(7);
        assertThat(unknown.progress().total()).isEmpty();
        known.iterator().next();
        sleep(0.5);
        assertThat(known.progress().remaining()).hasValue(Duration.ofSeconds(9));
        assertThat(known.progress().perSecond()).isEqualTo(1 / 1.5);
        assertThat(unknown.progress().remaining()).isEmpty();
      }
    });
  }

  @Test
  void aRunThatIsLeftTellsItsEndToo() throws Exception {
    run(() -> {
      List<Progress> told = Collections.synchronizedList(new ArrayList<>());
      Headway run = free(4).onProgress(Duration.ofDays(1), told::add);
      try (Results<Integer, Integer> results = run.map(numbers(100), taking(1))) {
        results.iterator().next();
      }
      assertThat(told).hasSize(1);
      assertThat(told.get(0).finished()).isEqualTo(told.get(0).started());
    });
  }

  @Test
  void aNegativeIntervalIsRefusedAtOnceAndAnEndlessOneIsNot() throws Exception {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> free(1).onProgress(Duration.ofSeconds(-1), progress -> {}));
    run(() -> {
      AtomicInteger told = new AtomicInteger();
      Duration never = Duration.ofSeconds(Long.MAX_VALUE);
      outcomes(
          free(1).onProgress(never, progress -> told.incrementAndGet()).map(numbers(9), taking(1)));
      assertThat(told).hasValue(1);
    });
  }
}
