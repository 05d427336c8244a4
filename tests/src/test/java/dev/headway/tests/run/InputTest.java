package dev.headway.tests.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headway.Headway;
import dev.headway.InputException;
import dev.headway.Inputs;
import dev.headway.Outcome;
import dev.headway.Results;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An input is pulled lazily, by one thread at a time, and closed; its failures are told at once.
 */
class InputTest extends InVirtualTime {

  @Test
  void theInputIsNeverIteratedByTwoThreadsAtATime() throws Exception {
    run(() -> {
      WatchedItems items = new WatchedItems(5_000);
      assertThat(outcomes(free(16).map(items, item -> item))).hasSize(5_000);
      assertThat(items.wasMisused()).isFalse();
    });
  }

  @Test
  void theInputIsNotPulledAheadOfNeed() throws Exception {
    run(() -> {
      WatchedItems items = new WatchedItems(1_000);
      Gauge gauge = new Gauge();
      try (Results<Integer, Integer> results = free(4).map(items, gauge.around(taking(1)))) {
        sleep(0.5);
        assertThat(items.pulled).as("no more than can start").hasValue(4);
        results.iterator().next();
        sleep(0.5);
        assertThat(items.pulled).hasValue(8);
      }
    });
  }

  @Test
  void withARateOneItemStandsInLine() throws Exception {
    run(() -> {
      WatchedItems items = new WatchedItems(1_000);
      try (Results<Integer, Integer> results =
          dev.headway.Headway.with(throttle("1/s")).concurrency(8).map(items, taking(1))) {
        sleep(3.5);
        assertThat(items.pulled).as("4 have started and 1 waits").hasValue(5);
        assertThat(results.progress().started()).isEqualTo(4);
      }
    });
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSlowReaderHoldsTheRunBack(boolean ordered) throws Exception {
    run(() -> {
      Gauge gauge = new Gauge();
      int read = 0;
      int room = 8 + 16;
      try (Results<Integer, Integer> results =
          (ordered ? free(8).ordered() : free(8)).map(numbers(500), gauge.around(taking(0.01)))) {
        while (results.iterator().hasNext()) {
          results.iterator().next();
          read++;
          sleep(1);
          assertThat(gauge.all() - read).isLessThanOrEqualTo(room);
        }
      }
      assertThat(read).isEqualTo(500);
    });
  }

  @Test
  void anEndlessInputCanBeLeft() throws Exception {
    run(() -> {
      AtomicInteger closed = new AtomicInteger();
      Stream<Integer> endless =
          Stream.iterate(0, item -> item + 1).onClose(closed::incrementAndGet);
      try (Results<Integer, Integer> results = free(8).ordered().map(endless, taking(1))) {
        assertThat(results.stream().limit(1_000).toList()).isEqualTo(numbers(1_000));
      }
      assertThat(closed).hasValue(1);
    });
  }

  @Test
  void anExhaustedInputIsClosedOnceWithItsIterator() throws Exception {
    run(() -> {
      WatchedItems items = new WatchedItems(20);
      try (Results<Integer, Integer> results = free(4).map(items, taking(1))) {
        assertThat(all(results)).hasSize(20);
        assertThat(items.closed).as("before the run is").hasValue(1);
      }
      assertThat(items.closed).hasValue(1);
      assertThat(items.iteratorClosed).hasValue(1);
      assertThat(items.wasMisused()).isFalse();
    });
  }

  @Test
  void anInputThatIsLeftEarlyIsClosedOnce() throws Exception {
    run(() -> {
      WatchedItems items = new WatchedItems(20);
      try (Results<Integer, Integer> results = free(4).map(items, taking(1))) {
        results.iterator().next();
        assertThat(items.closed).hasValue(0);
      }
      assertThat(items.closed).hasValue(1);
      assertThat(items.iteratorClosed).hasValue(1);
      assertThat(items.wasMisused()).isFalse();
    });
  }

  @Test
  void theInputIsClosedWhenATaskFails() throws Exception {
    run(() -> {
      WatchedItems items = new WatchedItems(20);
      assertThatThrownBy(() ->
              free(4)
                  .forEach(
                      items,
                      item -> {
                        sleep(1);
                        throw new IOException("no");
                      }))
          .isInstanceOf(dev.headway.TaskFailedException.class);
      assertThat(items.closed).hasValue(1);
      assertThat(items.wasMisused()).isFalse();
    });
  }

  @Test
  void anIteratorThatCanBeClosedIs() throws Exception {
    run(() -> {
      WatchedItems items = new WatchedItems(20);
      free(4).forEach(Inputs.of(items.iterator()), item -> sleep(1));
      assertThat(items.iteratorClosed).hasValue(1);
    });
  }

  @Test
  void anIteratorThatIsItsOwnIterableIsClosedOnce() throws Exception {
    run(() -> {
      Once once = new Once(numbers(5).iterator());
      free(4).forEach((Iterable<Integer>) once, item -> sleep(1));
      assertThat(once.closed).isEqualTo(1);
    });
  }

  /** As a directory stream is, but that it is also its own iterator. */
  @SuppressWarnings("IterableAndIterator") // that is what it is for
  private static final class Once implements Iterable<Integer>, Iterator<Integer>, AutoCloseable {
    private final Iterator<Integer> items;
    int closed;

    Once(Iterator<Integer> items) {
      this.items = items;
    }

    @Override
    public Iterator<Integer> iterator() {
      return this;
    }

    @Override
    public boolean hasNext() {
      return items.hasNext();
    }

    @Override
    public Integer next() {
      return items.next();
    }

    @Override
    public void close() {
      closed++;
    }
  }

  /** Fails in one of its methods when it comes to its fourth item. */
  private static final class Failing implements Iterable<Integer>, AutoCloseable {
    private final String where;
    private final Throwable what;
    int closed;

    Failing(String where, Throwable what) {
      this.where = where;
      this.what = what;
    }

    private void failIn(String here) {
      if (where.equals(here)) {
        FailureTest.<RuntimeException>sneak(what);
      }
    }

    @Override
    public Iterator<Integer> iterator() {
      failIn("iterator");
      return new Iterator<>() {
        private int next;

        @Override
        public boolean hasNext() {
          if (next == 3) {
            failIn("hasNext");
          }
          return true;
        }

        @Override
        public Integer next() {
          if (next == 3) {
            failIn("next");
          }
          return next++;
        }
      };
    }

    @Override
    public void close() {
      closed++;
      failIn("close");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hasNext", "next"})
  void aFailureOfTheInputIsThrownEvenFromOutcomesAndAtOnce(String where) throws Exception {
    for (Throwable what :
        List.of(new NoSuchElementException("x"), new StackOverflowError(), new IOException("x"))) {
      run(() -> {
        double began = seconds();
        Failing items = new Failing(where, what);
        try (Results<Integer, Integer> results = free(8).map(items, taking(1_000))) {
          assertThatThrownBy(() -> all(results.outcomes()))
              .isInstanceOf(InputException.class)
              .hasCause(what);
          assertThat(seconds()).isEqualTo(began);
          List<Outcome<Integer, Integer>> rest = all(results.outcomes());
          assertThat(rest).as("what was cancelled").hasSize(3);
          assertThat(results.progress().started()).isEqualTo(3);
        }
        assertThat(items.closed).isEqualTo(1);
      });
    }
  }

  @Test
  void aFailureOfTheInputIsThrownFromIterationAndForEach() throws Exception {
    run(() -> {
      try (Results<Integer, Integer> results =
          free(8).map(new Failing("next", new IllegalStateException("x")), taking(1_000))) {
        assertThatThrownBy(results.iterator()::hasNext).isInstanceOf(InputException.class);
      }
      assertThatThrownBy(() ->
              free(8)
                  .forEach(
                      new Failing("next", new IllegalStateException("x")), item -> sleep(1_000)))
          .isInstanceOf(InputException.class);
      assertThat(seconds()).isZero();
    });
  }

  @Test
  void anInputThatCannotBeginIsClosedAndToldAtOnce() {
    Failing items = new Failing("iterator", new UncheckedIOException(new IOException("x")));
    assertThatThrownBy(() -> free(8).map(items, taking(1))).isInstanceOf(InputException.class);
    assertThat(items.closed).isEqualTo(1);

    AtomicInteger closed = new AtomicInteger();
    Stream<Integer> used = IntStream.range(0, 9).boxed().onClose(closed::incrementAndGet);
    assertThat(used.iterator()).hasNext();
    assertThatThrownBy(() -> free(8).map(used, taking(1))).isInstanceOf(InputException.class);
    assertThat(closed).hasValue(1);
  }

  @Test
  void anInputThatFailsToCloseIsToldOnce() throws Exception {
    run(() -> {
      Failing left = new Failing("close", new IOException("x"));
      Results<Integer, Integer> results = free(8).map(left, taking(1));
      results.iterator().next();
      assertThatThrownBy(results::close)
          .isInstanceOf(InputException.class)
          .hasMessageContaining("close");
      results.close();
      assertThat(left.closed).isEqualTo(1);

      Stream<Integer> exhausted =
          numbers(3).stream()
              .onClose(() -> {
                throw new IllegalStateException("x");
              });
      Results<Integer, Integer> read = free(8).map(exhausted, taking(1));
      Iterator<Outcome<Integer, Integer>> outcomes = read.outcomes().iterator();
      for (int i = 0; i < 3; i++) {
        outcomes.next();
      }
      assertThatThrownBy(outcomes::hasNext).isInstanceOf(InputException.class);
      assertThat(outcomes.hasNext()).isFalse();
      read.close();
    });
  }

  @Test
  void anInputThatFailsBecauseItsRunIsClosedIsNoFailure() throws Exception {
    run(() -> {
      Iterator<Integer> blocking =
          Stream.generate(
                  () -> {
                    try {
                      sleep(1_000);
                    } catch (InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                    return 1;
                  })
              .iterator();
      Results<Integer, Integer> results = free(2).map(Inputs.of(blocking), item -> item);
      sleep(1_500);
      results.close();
      assertThat(all(results.outcomes())).hasSize(1);
      assertThat(seconds()).isEqualTo(1_500);
    });
  }

  @Test
  void aFailureOfTheInputIsNeverLostHoweverSoonItComesOnRealThreads() {
    for (int i = 0; i < 20_000; i++) {
      Stream<Integer> broken =
          Stream.generate(() -> {
            throw new IllegalStateException("no more");
          });
      try (Results<Integer, Integer> results = Headway.unthrottled().map(broken, item -> item)) {
        assertThatThrownBy(() -> all(results.outcomes())).isInstanceOf(InputException.class);
      }
    }
  }
}
