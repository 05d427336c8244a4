package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.limit.Counted;
import dev.headway.limit.Rate;
import dev.headway.throttle.AbstractThrottleBuilder;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Every grant comes at exactly the instant at which the rules first allow it, in order of arrival:
 * compared with a simulation that tries every nanosecond and counts everything.
 */
@SuppressWarnings("FutureReturnValueIgnored") // who waits is seen by what becomes of it
class NoWasteTest extends OnEveryStore {

  private record Caller(long arrives, long amount, long holds) {}

  private record Rules(
      long permits, long period, long permitsFromEnd, long periodFromEnd, long atOnce, long space) {

    static Rules of(Random random) {
      return new Rules(
          3 + random.nextInt(5),
          1 + random.nextInt(40),
          3 + random.nextInt(5),
          1 + random.nextInt(40),
          3 + random.nextInt(5),
          1 + random.nextInt(6));
    }

    AbstractThrottleBuilder<?> on(AbstractThrottleBuilder<?> builder, Duration unit) {
      return builder
          .rate(Rate.of(permits, unit.multipliedBy(period)))
          .rate(Rate.of(permitsFromEnd, unit.multipliedBy(periodFromEnd)), Counted.FROM_END)
          .concurrency(atOnce)
          .spacing(unit.multipliedBy(space));
    }

    boolean allow(long now, int who, List<Caller> callers, long[] starts) {
      long inWindow = 0;
      long fromEnd = 0;
      long running = 0;
      long spacedUntil = 0;
      for (int i = 0; i < who; i++) {
        Caller other = callers.get(i);
        long start = starts[i];
        long end = start + other.holds;
        inWindow += now < start + period ? other.amount : 0;
        fromEnd += now < end + periodFromEnd ? other.amount : 0;
        running += now < end ? other.amount : 0;
        spacedUntil = Math.max(spacedUntil, start + other.amount * space);
      }
      long amount = callers.get(who).amount;
      return inWindow + amount <= permits
          && fromEnd + amount <= permitsFromEnd
          && running + amount <= atOnce
          && now >= spacedUntil;
    }
  }

  private static long[] bruteForce(Rules rules, List<Caller> callers) {
    long[] starts = new long[callers.size()];
    long now = 0;
    for (int i = 0; i < starts.length; i++) {
      now = Math.max(now, callers.get(i).arrives);
      while (!rules.allow(now, i, callers, starts)) {
        now++;
      }
      starts[i] = now;
    }
    return starts;
  }

  /** Callers that come at least so long after one another. */
  private static List<Caller> callers(Random random, int leastGap) {
    List<Caller> callers = new ArrayList<>();
    long now = 0;
    for (int i = 0; i < 60; i++) {
      now += random.nextInt(3) == 0 ? leastGap + random.nextInt(60) : 1 + random.nextInt(3);
      callers.add(new Caller(now, 1 + random.nextInt(3), 1 + random.nextInt(20)));
    }
    return callers;
  }

  /** What a store counts in is a microsecond. */
  private Duration unit() {
    return kind == Kind.LOCAL ? Duration.ofNanos(1) : Duration.ofNanos(1_000);
  }

  @Test
  void blockingCallersStartWhenTheRulesFirstAllowIt() throws Exception {
    for (long seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      Rules rules = Rules.of(random);
      List<Caller> callers = callers(random, 1); // threads that come together come in any order
      long[] starts = new long[callers.size()];
      Scene.play(scene -> {
        Throttle throttle = rules.on(scene.throttle(), unit()).build();
        for (int i = 0; i < starts.length; i++) {
          int who = i;
          Caller caller = callers.get(i);
          scene.start(() -> {
            scene.time.sleep(unit().multipliedBy(caller.arrives));
            try (Permit permit = throttle.acquire(caller.amount)) {
              starts[who] = scene.now() / unit().toNanos();
              scene.time.sleep(unit().multipliedBy(caller.holds));
            }
          });
        }
      });
      assertThat(starts).as("seed %d", seed).isEqualTo(bruteForce(rules, callers));
    }
  }

  @Test
  void futuresAreCompletedWhenTheRulesFirstAllowIt() throws Exception {
    for (long seed = 1_000; seed < 1_030; seed++) {
      Random random = new Random(seed);
      Rules rules = Rules.of(random);
      List<Caller> callers = callers(random, 0);
      long[] starts = new long[callers.size()];
      Arrays.fill(starts, -1);
      Scene.play(scene -> {
        Throttle throttle = rules.on(scene.throttle(), unit()).build();
        for (int i = 0; i < starts.length; i++) {
          int who = i;
          Caller caller = callers.get(i);
          scene.time.schedule(
              unit().toNanos() * caller.arrives,
              () ->
                  throttle
                      .acquireAsync(caller.amount)
                      .thenAccept(permit -> {
                        starts[who] = scene.now() / unit().toNanos();
                        scene.time.schedule(
                            scene.now() + unit().toNanos() * caller.holds, permit::close);
                      }));
        }
        scene.sleep(Duration.ofSeconds(1));
      });
      assertThat(starts).as("seed %d", seed).isEqualTo(bruteForce(rules, callers));
    }
  }
}
