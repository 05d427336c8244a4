package dev.headway.throttle.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is open and recent, beside a map that forgets nothing. */
class OpenStartsTest {

  private static final long MEMORY = 1_000;

  private static NavigableMap<Long, Long> after(OpenStarts open, long instant) {
    NavigableMap<Long, Long> found = new TreeMap<>();
    open.after(instant, found::put);
    return found;
  }

  @Test
  void itKnowsWhatIsOpenAndRecentWhateverEndsOrChanges() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      OpenStarts open = new OpenStarts();
      TreeMap<Long, Long> all = new TreeMap<>();
      List<Long> starts = new ArrayList<>();
      long now = 0;
      for (int i = 0; i < 500; i++) {
        now += random.nextLong(4) * random.nextLong(20);
        long amount = 1 + random.nextLong(5);
        open.start(now, amount, MEMORY);
        all.merge(now, amount, Long::sum);
        starts.add(now);
        while (!starts.isEmpty() && random.nextInt(seed % 5 + 2) > 0) {
          long one = starts.remove(random.nextInt(starts.size()));
          long by = random.nextLong(6) - all.getOrDefault(one, 0L);
          open.change(one, by);
          all.merge(one, by, Long::sum);
        }
        long since = open.knownSince(now - MEMORY);
        assertThat(since).isEqualTo(now - MEMORY);
        TreeMap<Long, Long> expected = new TreeMap<>(all.tailMap(since, false));
        expected.values().removeIf(left -> left <= 0);
        assertThat(after(open, since)).as("seed %d, step %d", seed, i).isEqualTo(expected);
      }
    }
  }

  @Test
  void whatIsLeftOpenIsForgottenAndSaidToBe() {
    OpenStarts open = new OpenStarts();
    for (int i = 0; i < 100_000; i++) {
      open.start(i, 1, MEMORY);
    }
    NavigableMap<Long, Long> found = after(open, Long.MIN_VALUE);
    assertThat(found.size()).isBetween(1_000, 4_100);
    assertThat(open.knownSince(0)).isEqualTo(found.firstKey() - 1);
    open.change(5, -1);
    assertThat(after(open, Long.MIN_VALUE)).isEqualTo(found);
  }
}
