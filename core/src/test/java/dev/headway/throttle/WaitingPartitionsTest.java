package dev.headway.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.limit.Concurrency;
import dev.headway.limit.Cost;
import dev.headway.limit.Counted;
import dev.headway.limit.Limit;
import dev.headway.limit.Rate;
import dev.headway.limit.Rule;
import dev.headway.limit.SlidingWindow;
import dev.headway.limit.TokenBucket;
import dev.headway.throttle.spi.LimitSet;
import dev.headway.time.TimeSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who starts next, of the callers of many keys. */
class WaitingPartitionsTest {

  private static final long SECOND = 1_000_000_000;
  private static final Settings SETTINGS =
      new Settings(
          "keys",
          Optional.empty(),
          Long.MAX_VALUE,
          Optional.empty(),
          Settings.SILENT,
          TimeSource.system());

  private static final class Caller extends Waiter {
    Caller(Cost cost, long headStartNanos, long now, long number) {
      super(SETTINGS, cost, headStartNanos, null);
      since = now;
      arrival = number;
    }

    @Override
    void wake() {
      throw new AssertionError("these callers are not woken");
    }
  }

  private record Running(Partition partition, Cost cost, long startedAt) {}

  private final WaitingPartitions index = new WaitingPartitions();
  private final List<Partition> all = new ArrayList<>();
  private long now = 1_000 * SECOND;
  private long callers;

  private static Rule rule(Limit limit) {
    return new Rule(limit.getClass().getSimpleName(), Cost.PERMITS, limit);
  }

  private static Rule rate(String rate, Counted counted) {
    return rule(new SlidingWindow(Rate.parse(rate), counted));
  }

  private Partition partition(@Nullable Partition outer, Rule... rules) {
    Partition partition = new Partition(new LimitSet(List.of(rules)), outer);
    all.add(partition);
    return partition;
  }

  private void join(Partition partition, long permits, long headStartNanos) {
    index.add(partition, new Caller(Cost.permits(permits), headStartNanos, now, callers++));
  }

  private static void reject(Partition partition, Waiter waiter, EntryDecision.Rejection why) {
    throw new AssertionError(waiter.cost + " rejected: " + partition.own.rules() + ": " + why);
  }

  /** What the words of the promise say, by a look at everybody. */
  private record Naive(@Nullable Partition next, long wakeAt) {}

  private Naive naive() {
    Set<LimitSet> reserved = new HashSet<>();
    long wakeAt = TimeSource.NEVER;
    for (Partition partition :
        all.stream()
            .filter(each -> each.queue.size() > 0)
            .sorted(Comparator.comparing(Partition::head, Waiter.ORDER))
            .toList()) {
      Cost cost = partition.head().cost;
      LimitSet obstacle = null;
      for (LimitSet level : partition.levels) {
        if (obstacle == null && (reserved.contains(level) || level.readyAt(now, cost) > now)) {
          obstacle = level;
        }
      }
      if (obstacle == null) {
        return new Naive(partition, now);
      }
      boolean behindAll = reserved.contains(partition.outermost());
      if (reserved.add(obstacle) && !behindAll) {
        wakeAt = Math.min(wakeAt, partition.readyAt(now, cost));
      }
    }
    return new Naive(null, wakeAt);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void whoStartsNextIsWhoeverALookAtAllOfThemFinds(int seed) {
    Random random = new Random(seed);
    Partition root = partition(null, rate("40/s", Counted.FROM_START), rule(new Concurrency(12)));
    for (int i = 0; i < 4; i++) {
      Partition group =
          partition(root, rule(new TokenBucket(Rate.parse("9/s"), 4)), rule(new Concurrency(5)));
      for (int j = 0; j < 4; j++) {
        partition(group, rate("3/s", j % 2 == 0 ? Counted.FROM_START : Counted.FROM_END));
      }
    }
    List<Running> running = new ArrayList<>();
    int started = 0;
    for (int step = 0; step < 20_000; step++) {
      Partition any = all.get(random.nextInt(all.size()));
      switch (random.nextInt(10)) {
        case 0, 1, 2 ->
            join(any, 1 + random.nextInt(3), random.nextInt(3) == 0 ? random.nextInt(7) - 3 : 0);
        case 3 -> {
          if (any.queue.size() > 0) {
            List<Waiter> waiting = any.queue.all();
            index.remove(any, waiting.get(random.nextInt(waiting.size())));
          }
        }
        case 4, 5 -> {
          if (!running.isEmpty()) {
            Running one = running.remove(random.nextInt(running.size()));
            for (LimitSet level : one.partition.levels) {
              level.end(one.startedAt, Limit.NEVER, now, one.cost);
            }
            index.changed(one.partition);
          }
        }
        case 6 -> {
          any.own.pauseUntil(now + random.nextInt(100_000_000));
          index.changed(any);
        }
        default -> now += random.nextInt(60_000_000);
      }
      while (true) {
        Naive expected = naive();
        Partition next = index.nextToStart(now, WaitingPartitionsTest::reject);
        assertThat(next).isEqualTo(expected.next);
        if (next == null) {
          assertThat(index.wakeAt()).isGreaterThan(now).isLessThanOrEqualTo(expected.wakeAt);
          break;
        }
        Waiter head = next.head();
        next.start(now, head.cost);
        running.add(new Running(next, head.cost, now));
        index.remove(next, head);
        started++;
      }
      assertThat(index.waiting).isEqualTo(all.stream().mapToInt(each -> each.queue.size()).sum());
    }
    assertThat(started).isGreaterThan(2_000);
  }

  @Test
  void keysThatWaitForTheirOwnRulesCostNothingToThoseThatDoNot() {
    long[] looks = {0};
    Limit never =
        new Limit() {
          @Override
          public long readyAt(long at, long amount) {
            looks[0]++;
            return at + SECOND;
          }

          @Override
          public void start(long at, long amount) {
            throw new AssertionError("not ready");
          }

          @Override
          public void end(long startedAt, long at, long amount) {
            throw new AssertionError("not started");
          }
        };
    Partition root = partition(null, rule(new Concurrency(10_000)));
    for (int i = 0; i < 1_000; i++) {
      join(partition(root, rule(never)), 1, 0);
    }
    Partition free = partition(root);
    for (int i = 0; i < 1_000; i++) {
      join(free, 1, 0);
      assertThat(index.nextToStart(now, WaitingPartitionsTest::reject)).isEqualTo(free);
      free.start(now, Cost.one());
      index.remove(free, free.head());
    }
    assertThat(looks[0]).isLessThan(5_000);
  }
}
