package dev.headway.tests.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headway.Headway;
import dev.headway.Inputs;
import dev.headway.Outcome;
import dev.headway.Results;
import dev.headway.TaskFailedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** All faces of a run take all kinds of inputs, and keep their words about order. */
class FacesTest extends InVirtualTime {

  private static Flow.Publisher<Integer> publisher(List<Integer> items) {
    return Publishers.of(items);
  }

  @Test
  void mapTakesIterablesIteratorsStreamsAndPublishers() throws Exception {
    run(() -> {
      List<Integer> items = numbers(50);
      Headway run = free(4).ordered();
      assertThat(read(run.map(items, taking(1)))).isEqualTo(items);
      assertThat(read(run.map(Inputs.of(items.iterator()), taking(1)))).isEqualTo(items);
      assertThat(read(run.map(items.stream(), taking(1)))).isEqualTo(items);
      assertThat(read(run.map(Inputs.of(publisher(items)), taking(1)))).isEqualTo(items);
    });
  }

  private static <R> List<R> read(Results<?, R> results) {
    try (results) {
      return all(results);
    }
  }

  @Test
  void forEachTakesIterablesIteratorsStreamsAndPublishers() throws Exception {
    run(() -> {
      List<Integer> items = numbers(50);
      Headway run = free(4);
      Set<Integer> seen = ConcurrentHashMap.newKeySet();
      run.forEach(items, seen::add);
      assertThat(seen).hasSize(50);
      seen.clear();
      run.forEach(Inputs.of(items.iterator()), seen::add);
      assertThat(seen).hasSize(50);
      seen.clear();
      run.forEach(items.stream(), seen::add);
      assertThat(seen).hasSize(50);
      seen.clear();
      run.forEach(Inputs.of(publisher(items)), seen::add);
      assertThat(seen).hasSize(50);
    });
  }

  private List<Callable<Integer>> tasks(int count) {
    List<Callable<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      tasks.add(() -> {
        sleep(count - number);
        return number;
      });
    }
    return tasks;
  }

  @Test
  void invokeAllTakesIterablesIteratorsStreamsAndPublishersAndKeepsTheirOrder() throws Exception {
    run(() -> {
      Headway run = free(20);
      assertThat(run.invokeAll(tasks(20))).isEqualTo(numbers(20));
      assertThat(run.invokeAll(Inputs.of(tasks(20).iterator()))).isEqualTo(numbers(20));
      assertThat(run.invokeAll(tasks(20).stream())).isEqualTo(numbers(20));
      assertThat(run.invokeAll(Inputs.of(Publishers.of(tasks(20))))).isEqualTo(numbers(20));
      assertThat(run.invokeAll(List.<Callable<Integer>>of())).isEmpty();
    });
  }

  @Test
  void invokeAllThrowsTheFirstFailureAndCancelsTheRest() throws Exception {
    run(() -> {
      List<Callable<Integer>> tasks = new ArrayList<>(tasks(3));
      tasks.add(() -> {
        sleep(0.5);
        throw new IOException("no");
      });
      assertThatThrownBy(() -> free(4).invokeAll(tasks))
          .isInstanceOf(TaskFailedException.class)
          .hasRootCauseMessage("no");
      assertThat(seconds()).isLessThan(3);
    });
  }

  @Test
  void invokeAnyTakesIterablesIteratorsStreamsAndPublishers() throws Exception {
    run(() -> {
      Headway run = free(20);
      assertThat(run.invokeAny(tasks(20))).isEqualTo(19);
      assertThat(run.invokeAny(Inputs.of(tasks(20).iterator()))).isEqualTo(19);
      assertThat(run.invokeAny(tasks(20).stream())).isEqualTo(19);
      assertThat(run.invokeAny(Inputs.of(Publishers.of(tasks(20))))).isEqualTo(19);
      assertThat(seconds()).as("four times the fastest").isEqualTo(4);
    });
  }

  @Test
  void invokeAnyGivesTheFirstSuccessOfAnOrderedRunToo() throws Exception {
    run(() -> {
      assertThat(free(3).ordered().invokeAny(tasks(3))).isEqualTo(2);
      assertThat(seconds()).isEqualTo(1);
    });
  }

  @Test
  void invokeAnyPassesOverFailuresAndThrowsTheFirstIfAllFail() throws Exception {
    run(() -> {
      Callable<Integer> bad =
          () -> {
            throw new IOException("bad");
          };
      Callable<Integer> worse =
          () -> {
            sleep(1);
            throw new IOException("worse");
          };
      assertThat(free(3).invokeAny(List.of(bad, worse, () -> 7))).isEqualTo(7);
      assertThatThrownBy(() -> free(2).invokeAny(List.of(worse, bad)))
          .isInstanceOfSatisfying(
              TaskFailedException.class,
              e -> {
                assertThat(e).hasRootCauseMessage("bad");
                assertThat(e.index()).isEqualTo(1);
                assertThat(e.getSuppressed()).hasSize(1);
              });
      assertThatIllegalArgumentException()
          .isThrownBy(() -> free(2).invokeAny(List.<Callable<Integer>>of()));
    });
  }

  @Test
  void resultsComeAsTheyComplete() throws Exception {
    run(() -> {
      List<Integer> reversed = new ArrayList<>(numbers(8));
      Collections.reverse(reversed);
      try (Results<Integer, Integer> results =
          free(8)
              .map(
                  numbers(8),
                  item -> {
                    sleep(8 - item);
                    return item;
                  })) {
        for (int number : results) {
          assertThat(seconds()).isEqualTo(8 - number);
          assertThat(number).isEqualTo(reversed.removeFirst());
        }
      }
      assertThat(reversed).isEmpty();
    });
  }

  @Test
  void orderedResultsComeInInputOrder() throws Exception {
    run(() -> {
      List<Integer> order = new ArrayList<>();
      try (Results<Integer, Integer> results =
          free(8)
              .ordered()
              .map(
                  numbers(100),
                  item -> {
                    sleep(item * 7 % 10);
                    return item;
                  })) {
        results.forEach(order::add);
      }
      assertThat(order).isEqualTo(numbers(100));
    });
  }

  @Test
  void outcomesSayWhatBecameOfEachItem() throws Exception {
    run(() -> {
      List<Outcome<Integer, String>> outcomes =
          outcomes(
              Headway.with(throttle("1/2s"))
                  .ordered()
                  .map(
                      List.of(10, 11, 12),
                      item -> {
                        sleep(0.5);
                        if (item == 11) {
                          throw new IOException("no");
                        }
                        return "r" + item;
                      }));
      assertThat(outcomes).extracting(Outcome::item).containsExactly(10, 11, 12);
      assertThat(outcomes).extracting(Outcome::index).containsExactly(0L, 1L, 2L);
      assertThat(outcomes).extracting(Outcome::attempts).containsExactly(1, 1, 1);
      assertThat(outcomes.get(0).value()).isEqualTo("r10");
      assertThat(outcomes.get(1)).isInstanceOf(Outcome.Failure.class);
      assertThat(outcomes.get(2).timing().took()).hasMillis(500);
      assertThat(outcomes.get(2).timing().waited()).hasSeconds(2);
      assertThat(outcomes.get(2).timing().startedAt()).isEqualTo("2000-01-01T00:00:04Z");
    });
  }

  @Test
  void nullResultsAreResults() throws Exception {
    run(() -> {
      try (Results<Integer, Object> results = free(2).map(numbers(3), item -> null)) {
        assertThat(all(results)).containsExactly(null, null, null);
      }
    });
  }

  @Test
  void resultsAsAStreamCloseTheRunWithIt() throws Exception {
    run(() -> {
      WatchedItems items = new WatchedItems(1_000);
      try (Stream<Integer> stream = free(4).map(items, taking(1)).stream()) {
        assertThat(stream.limit(10).toList()).hasSize(10);
      }
      assertThat(items.closed).hasValue(1);
    });
  }

  @Test
  void aRunIsAnInputOfAnother() throws Exception {
    run(() -> {
      WatchedItems items = new WatchedItems(100);
      Results<Integer, Integer> first = free(10).ordered().map(items, taking(1));
      List<Integer> all = read(free(10).ordered().map(first, taking(1)));
      assertThat(all).isEqualTo(numbers(100));
      assertThat(seconds()).as("both at the same time").isEqualTo(11);

      WatchedItems more = new WatchedItems(100);
      Results<Integer, Integer> second = free(10).map(more, taking(1));
      try (Results<Integer, Integer> both = free(10).map(second, taking(1))) {
        both.iterator().next();
      }
      assertThat(more.closed).hasValue(1);
    });
  }
}
