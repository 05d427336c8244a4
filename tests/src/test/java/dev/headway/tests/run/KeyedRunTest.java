package dev.headway.tests.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.Headway;
import dev.headway.InvalidTaskException;
import dev.headway.Outcome;
import dev.headway.Results;
import dev.headway.Retry;
import dev.headway.limit.Cost;
import dev.headway.testkit.Windows;
import dev.headway.throttle.KeyedThrottle;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottledException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In a run with a throttle per key, no item waits for the limit of another item's key. */
class KeyedRunTest extends InVirtualTime {

  private record Page(String host, int number) {}

  private final KeyedThrottle<String> hosts =
      free.keyed((host, limits) -> limits.rate(host.equals("slow") ? "1/m" : "100/s"));

  private Headway run(int concurrency) {
    return Headway.with(hosts, Page::host).concurrency(concurrency);
  }

  private static List<Page> pages(String host, int count) {
    return IntStream.range(0, count).mapToObj(i -> new Page(host, i)).toList();
  }

  @Test
  void anItemDoesNotWaitForTheLimitOfAnotherKey() throws Exception {
    run(() -> {
      List<Page> pages =
          Stream.concat(pages("slow", 30).stream(), pages("fast", 100).stream()).toList();
      Map<Page, Double> starts = new ConcurrentHashMap<>();
      outcomes(
          run(4)
              .map(
                  pages,
                  page -> {
                    starts.put(page, seconds());
                    sleep(0.1);
                    return page;
                  }));
      assertThat(starts).hasSize(130);
      pages("fast", 100)
          .forEach(page -> assertThat(starts.get(page)).as("%s", page).isLessThanOrEqualTo(2.6));
      pages("slow", 30).forEach(page -> assertThat(starts.get(page)).isEqualTo(60.0 * page.number));
    });
  }

  @Test
  void itemsOfOneKeyStartInInputOrder() throws Exception {
    run(() -> {
      List<Page> pages = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        pages.add(new Page("slow", i));
        pages.add(new Page("other", i));
      }
      List<Page> started = Collections.synchronizedList(new ArrayList<>());
      run(8)
          .forEach(
              pages,
              page -> {
                started.add(page);
                sleep(1);
              });
      assertThat(started.stream().filter(page -> page.host.equals("slow")))
          .isEqualTo(pages("slow", 20));
    });
  }

  @Test
  void aRunLooksAheadOnlySoFar() throws Exception {
    run(() -> {
      AtomicInteger pulled = new AtomicInteger();
      Stream<Page> endless = Stream.generate(() -> new Page("slow", pulled.getAndIncrement()));
      try (Results<Page, Page> results = run(4).map(endless, page -> page)) {
        sleep(1);
        assertThat(pulled).as("one has started, and 64 wait").hasValue(65);
        assertThat(results.progress().started()).isEqualTo(1);
      }
      assertUnused(hosts.get("slow"));
    });
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void neverMoreThanItsConcurrencyAreInFlightWithRetriesEither(boolean ordered) throws Exception {
    run(() -> {
      Gauge gauge = new Gauge();
      Set<Page> failed = ConcurrentHashMap.newKeySet();
      List<Page> pages = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        pages.add(new Page("host" + i % 7, i));
      }
      Headway run = run(3).retry(Retry.upTo(1).backoff(Duration.ofMillis(300)));
      List<Outcome<Page, Page>> outcomes =
          outcomes(
              (ordered ? run.ordered() : run)
                  .map(
                      pages,
                      gauge.around(page -> {
                        sleep(0.2);
                        if (page.number % 5 == 0 && failed.add(page)) {
                          throw new IOException("once");
                        }
                        if (page.number % 7 == 1 && failed.add(page)) {
                          throw new ThrottledException(Duration.ofSeconds(1));
                        }
                        return page;
                      })));
      assertThat(outcomes).hasSize(200).allMatch(Outcome.Success.class::isInstance);
      assertThat(gauge.most()).isEqualTo(3);
      if (ordered) {
        assertThat(outcomes).extracting(Outcome::index).isSorted();
      }
    });
  }

  @Test
  void anItemThatIsToldTooManyRequestsHoldsUpItsKeyOnly() throws Exception {
    run(() -> {
      Set<Page> told = ConcurrentHashMap.newKeySet();
      List<Page> pages = Stream.concat(pages("a", 1).stream(), pages("b", 20).stream()).toList();
      Map<Page, Double> ends = new ConcurrentHashMap<>();
      run(1)
          .forEach(
              pages,
              page -> {
                if (page.host.equals("a") && told.add(page)) {
                  throw new ThrottledException(Duration.ofSeconds(60));
                }
                sleep(1);
                ends.put(page, seconds());
              });
      assertThat(ends.get(new Page("a", 0))).isEqualTo(61);
      pages("b", 20).forEach(page -> assertThat(ends.get(page)).isLessThanOrEqualTo(20));
    });
  }

  @Test
  void theWindowOfEachKeyIsKept() throws Exception {
    run(() -> {
      KeyedThrottle<Integer> keys = free.keyed((key, limits) -> limits.rate("5/s"));
      List<List<Long>> starts =
          IntStream.range(0, 4)
              .<List<Long>>mapToObj(i -> Collections.synchronizedList(new ArrayList<>()))
              .toList();
      Headway.with(keys, (Integer item) -> item % 4)
          .forEach(
              numbers(400),
              item -> {
                starts.get(item % 4).add(time.nanoTime());
                sleep(0.3);
              });
      assertThat(seconds()).isEqualTo(19.3);
      for (List<Long> each : starts) {
        long[] instants = each.stream().mapToLong(Long::longValue).toArray();
        assertThat(Windows.fullest(instants, Duration.ofSeconds(1))).isEqualTo(5);
      }
    });
  }

  @Test
  void theWindowOfAKeyIsKeptWhereOtherKeysTakeAllSlots() throws Exception {
    run(() -> {
      KeyedThrottle<String> keys = free.keyed((key, limits) -> limits.rate("2/s"));
      List<Page> pages = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        pages.add(new Page("a", i));
        pages.add(new Page("b", i));
        pages.add(new Page("c", i));
      }
      Map<String, List<Long>> starts = new ConcurrentHashMap<>();
      Headway.with(keys, Page::host)
          .concurrency(2)
          .forEach(
              pages,
              page -> {
                starts
                    .computeIfAbsent(
                        page.host, host -> Collections.synchronizedList(new ArrayList<>()))
                    .add(time.nanoTime());
                sleep(page.host.equals("a") ? 0.95 : 0.01 * (page.number % 7));
              });
      starts.forEach((host, each) -> {
        long[] instants = each.stream().mapToLong(Long::longValue).toArray();
        assertThat(instants).hasSize(60);
        assertThat(Windows.fullest(instants, Duration.ofSeconds(1))).as(host).isEqualTo(2);
        assertUnused(keys.get(host));
        assertThat(keys.get(host).snapshot().granted()).isEqualTo(60);
      });
    });
  }

  @Test
  void aRetryCountsFromItsStartWhereOtherKeysTakeAllSlots() throws Exception {
    run(() -> {
      KeyedThrottle<String> keys =
          free.keyed((key, limits) -> limits.rate(key.equals("a") ? "1/s" : "100/s"));
      List<Page> pages = Stream.of(pages("a", 4), pages("b", 30)).flatMap(List::stream).toList();
      Set<Page> failed = ConcurrentHashMap.newKeySet();
      List<Long> starts = Collections.synchronizedList(new ArrayList<>());
      Headway.with(keys, Page::host)
          .concurrency(1)
          .retry(Retry.upTo(1).backoff(Duration.ofMillis(10)))
          .forEach(
              pages,
              page -> {
                if (page.host.equals("a")) {
                  starts.add(time.nanoTime());
                  if (failed.add(page)) {
                    throw new IOException("once");
                  }
                } else {
                  sleep(0.83);
                }
              });
      assertThat(starts).hasSize(8);
      assertThat(
              Windows.fullest(
                  starts.stream().mapToLong(Long::longValue).toArray(), Duration.ofSeconds(1)))
          .isEqualTo(1);
      assertUnused(keys.get("a"));
    });
  }

  @Test
  void aKeyThatCannotBeToldIsAnInvalidTaskAndTheRestGoesOn() throws Exception {
    run(() -> {
      Headway run =
          Headway.with(
              hosts,
              (Page page) -> {
                if (page.number == 1) {
                  throw new IllegalStateException("no host");
                }
                return page.host;
              });
      List<Outcome<Page, Page>> outcomes =
          outcomes(run.ordered().map(pages("x", 3), page -> Cost.one(), page -> page));
      assertThat(outcomes).hasSize(3);
      assertThat(((Outcome.Failure<?, ?>) outcomes.get(1)).exception())
          .isInstanceOf(InvalidTaskException.class)
          .hasMessageContaining("no host");
    });
  }

  @Test
  void leavingDropsTheItemsThatWaitWithoutATrace() throws Exception {
    run(() -> {
      WatchedItems items = new WatchedItems(1_000);
      KeyedThrottle<Integer> keys = free.keyed((key, limits) -> limits.rate("1/h"));
      Results<Integer, Integer> results =
          Headway.with(keys, (Integer item) -> item % 3).concurrency(2).map(items, taking(1));
      sleep(10);
      results.close();
      assertThat(items.closed).hasValue(1);
      assertThat(results.progress().started()).isEqualTo(3);
      assertThat(all(results.outcomes())).hasSize(3);
      for (int key = 0; key < 3; key++) {
        assertUnused(keys.get(key));
        assertThat(keys.get(key).snapshot().granted()).isEqualTo(1);
      }
    });
  }

  @Test
  void throttlesThatShareNothingCanBeKeyedToo() throws Exception {
    run(() -> {
      KeyedThrottle<Integer> keys = Throttle.keyed(key -> throttle("2/s"));
      keys.get(0).tryAcquire().orElseThrow().close();
      Headway.with(keys, (Integer item) -> item % 2).forEach(numbers(20), item -> {});
      assertThat(seconds()).isEqualTo(5);
    });
  }
}
