package dev.headway.throttle.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.limit.Cost;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is open and recent, beside a map that forgets nothing. */
class OpenStartsTest {

  private static final long MEMORY = 6_400_000;
  private static final long SLOT = 100_000;

  private static long sum(NavigableMap<Long, Long> amounts) {
    return amounts.values().stream().mapToLong(Long::longValue).sum();
  }

  @Test
  void itKnowsWhatIsOpenAndRecentWhateverEndsOrChanges() {
    for (int seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      OpenStarts open = new OpenStarts(MEMORY);
      TreeMap<Long, Long> all = new TreeMap<>();
      List<Long> starts = new ArrayList<>();
      long now = 0;
      int pace = 1 + random.nextInt(60);
      for (int i = 0; i < 500; i++) {
        now += 1_000 * random.nextLong(4) * random.nextLong(pace);
        long amount = 1 + random.nextLong(5);
        open.start(now, Cost.permits(amount));
        all.merge(now, amount, Long::sum);
        starts.add(now);
        while (!starts.isEmpty() && random.nextInt(seed % 5 + 2) > 0) {
          long one = starts.remove(random.nextInt(starts.size()));
          long by = random.nextLong(6) - all.getOrDefault(one, 0L);
          open.change(one, Cost.PERMITS, by);
          all.merge(one, by, Long::sum);
        }
        TreeMap<Long, Long> found = new TreeMap<>();
        long since =
            open.after(now - MEMORY, Cost.PERMITS, (at, some) -> found.merge(at, some, Long::sum));
        String what = "seed %d, step %d".formatted(seed, i);
        assertThat(since).as(what).isBetween(now - MEMORY - SLOT, now - MEMORY);
        assertThat(sum(found)).as(what).isEqualTo(sum(all.tailMap(since, false)));
        // Each is found where it started, or up to a slot later.
        for (long at = now - MEMORY; i % 50 == 49 && at <= now; at += SLOT / 2) {
          assertThat(sum(found.tailMap(at, true)))
              .as(what)
              .isGreaterThanOrEqualTo(sum(all.tailMap(Math.max(at, since + 1), true)));
          assertThat(sum(found.tailMap(at + SLOT, true)))
              .as(what)
              .isLessThanOrEqualTo(sum(all.tailMap(Math.max(at, since + 1), true)));
        }
      }
    }
  }

  @Test
  void startsThatAreFartherApartThanASlotAreKnownExactly() {
    OpenStarts open = new OpenStarts(MEMORY);
    NavigableMap<Long, Long> expected = new TreeMap<>();
    for (long at = 0; at < 20_000_000; at += SLOT) {
      open.start(at, Cost.permits(1));
      if (at > 19_900_000 - MEMORY) {
        expected.put(at, 1L);
      }
    }
    NavigableMap<Long, Long> found = new TreeMap<>();
    assertThat(open.after(19_900_000 - MEMORY, Cost.PERMITS, found::put))
        .isEqualTo(19_900_000 - MEMORY);
    assertThat(found).isEqualTo(expected);
  }

  @Test
  void whatIsLeftOpenIsForgottenAndSaidToBe() {
    OpenStarts open = new OpenStarts(MEMORY);
    for (int i = 0; i < 100_000; i++) {
      open.start(1_000L * i, Cost.permits(1));
    }
    NavigableMap<Long, Long> found = new TreeMap<>();
    long since = open.after(Long.MIN_VALUE, Cost.PERMITS, found::put);
    assertThat(found.size()).isLessThan(70);
    assertThat(since).isBetween(100_000_000 - MEMORY - 3 * SLOT, 100_000_000 - MEMORY);
    assertThat(sum(found)).isEqualTo(99_999 - Math.floorDiv(since, 1_000L));
    open.change(5, Cost.PERMITS, -1);
    NavigableMap<Long, Long> same = new TreeMap<>();
    assertThat(open.after(Long.MIN_VALUE, Cost.PERMITS, same::put)).isEqualTo(since);
    assertThat(same).isEqualTo(found);
  }
}
