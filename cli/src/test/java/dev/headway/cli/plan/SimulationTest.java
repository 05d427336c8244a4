package dev.headway.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.Headway;
import dev.headway.cli.option.RequestLimits;
import dev.headway.limit.Cost;
import dev.headway.limit.Limit;
import dev.headway.limit.Rule;
import dev.headway.testkit.VirtualTime;
import dev.headway.throttle.KeyedThrottle;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class SimulationTest {

  /** A request that is itself alone, and how long it takes. */
  private record Asked(Demand demand, long tookNanos) {}

  private static final class Starts implements PlanListener {
    private final IdentityHashMap<Demand, Long> at = new IdentityHashMap<>();
    private long ended;
    private long held;

    @Override
    public void started(Demand demand, long atNanos, long heldNanos, String heldBy) {
      at.put(demand, atNanos);
      held += heldNanos;
      assertThat(held).as("all that was waited for so far").isEqualTo(atNanos);
      assertThat(heldBy.isEmpty()).as("was waited for nothing").isEqualTo(heldNanos == 0);
    }

    @Override
    public void ended(Demand demand, long atNanos, long tookNanos) {
      assertThat(atNanos).isEqualTo(at.get(demand) + tookNanos);
      ended++;
    }

    List<Long> of(List<Asked> all) {
      assertThat(ended).isEqualTo(all.size());
      return all.stream().map(asked -> at.get(asked.demand)).toList();
    }
  }

  private static RequestLimits limits(List<String> options) {
    RequestLimits limits = new RequestLimits();
    new CommandLine(limits)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs(options.toArray(String[]::new));
    return limits;
  }

  private static List<Rule> hostRules(RequestLimits limits) {
    ThrottleBuilder throttle = Throttle.builder();
    limits.addHostLimits(throttle);
    return throttle.rules();
  }

  private static Simulation simulation(RequestLimits limits, PlanListener listener) {
    return new Simulation(
        limits.throttle("test").rules(),
        () -> hostRules(limits),
        limits.concurrency(),
        List.of(listener));
  }

  private static List<Long> simulated(List<String> options, List<Asked> all) {
    Starts starts = new Starts();
    Simulation simulation = simulation(limits(options), starts);
    all.forEach(asked -> simulation.add(asked.demand, asked.tookNanos));
    simulation.finish();
    return starts.of(all);
  }

  /** The throttle of a real run, in virtual time. */
  private static Throttle throttle(List<String> options, VirtualTime time) {
    Throttle throttle = Throttle.builder().timeSource(time).build();
    throttle.update(limits(options).throttle("test").rules(), true);
    return throttle;
  }

  private static List<String> someLimits(Random random, int atOnce) {
    List<String> options = new ArrayList<>(List.of("--concurrency", "" + atOnce));
    if (random.nextBoolean()) {
      options.addAll(List.of("--rate", 3 + random.nextInt(6) + "/" + period(random)));
    }
    if (random.nextBoolean()) {
      options.addAll(List.of("--rate", 20 + random.nextInt(9) + "/" + period(random)));
    }
    if (random.nextBoolean()) {
      options.addAll(List.of("--spacing", 1 + random.nextInt(9) + "/" + period(random)));
    }
    if (random.nextBoolean()) {
      options.addAll(List.of("--count-from", "start"));
    }
    options.addAll(List.of("--budget", "tokens=" + (90 + random.nextInt(500)) + "/1s"));
    return options;
  }

  private static String period(Random random) {
    return 1 + random.nextInt(1_999_999_999) + "ns";
  }

  private static List<Asked> some(Random random, int count, int hosts) {
    List<Asked> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Cost cost = Cost.permits(1 + random.nextInt(3)).and("tokens", random.nextInt(90));
      Demand demand = new Demand(cost, "host" + random.nextInt(hosts));
      all.add(new Asked(demand, 1 + random.nextInt(900_000_000)));
    }
    return all;
  }

  @Test
  void requests_start_exactly_when_they_would_in_a_real_run() throws Exception {
    for (long seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      int atOnce = 1 + random.nextInt(8);
      List<String> options = someLimits(random, atOnce);
      List<Asked> all = some(random, 100, 1);
      VirtualTime time = new VirtualTime();
      IdentityHashMap<Demand, Long> starts = new IdentityHashMap<>();
      time.run(() -> {
        Headway.with(throttle(options, time))
            .concurrency(atOnce)
            .forEach(
                all,
                asked -> asked.demand.cost(),
                asked -> {
                  synchronized (starts) {
                    starts.put(asked.demand, time.nanoTime());
                  }
                  time.sleep(Duration.ofNanos(asked.tookNanos));
                });
        return null;
      });

      assertThat(simulated(options, all))
          .as("seed %d, %s", seed, options)
          .isEqualTo(all.stream().map(asked -> starts.get(asked.demand)).toList());
    }
  }

  @Test
  void requests_to_hosts_with_limits_of_their_own_do_too() throws Exception {
    for (long seed = 100; seed < 130; seed++) {
      Random random = new Random(seed);
      List<String> options = someLimits(random, 1 + random.nextInt(8));
      options.addAll(List.of("--per-host", 3 + random.nextInt(3) + "/" + period(random)));
      List<Asked> all = some(random, 100, 4);
      VirtualTime time = new VirtualTime();
      Throttle throttle = throttle(options, time);
      KeyedThrottle<String> hosts =
          throttle.keyed((host, rules) -> limits(options).addHostLimits(rules));
      List<Long> starts = new ArrayList<>(all.stream().map(asked -> -1L).toList());
      time.run(() -> {
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
          int index = i;
          Asked asked = all.get(i);
          CompletableFuture<Void> end = new CompletableFuture<>();
          ends.add(end);
          time.start(
              "request " + i,
              () -> {
                try (Permit permit = hosts.get(asked.demand.host()).acquire(asked.demand.cost())) {
                  starts.set(index, time.nanoTime());
                  time.sleep(Duration.ofNanos(asked.tookNanos));
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                } finally {
                  end.complete(null);
                }
              });
          // It stands in line before the next comes, at the same instant.
          CompletableFuture<Void> settled = new CompletableFuture<>();
          time.schedule(time.nanoTime(), () -> settled.complete(null));
          time.await(settled);
        }
        ends.forEach(time::await);
        return null;
      });

      assertThat(simulated(options, all)).as("seed %d, %s", seed, options).isEqualTo(starts);
    }
  }

  @Test
  void a_host_that_is_waited_for_keeps_no_more_from_being_looked_at_than_in_a_real_run() {
    List<String> options =
        List.of("--per-host", "1/1s", "--count-from", "start", "--concurrency", "4");
    int room = 4 + RequestLimits.LOOK_AHEAD;
    List<Asked> all = new ArrayList<>();
    for (int i = 0; i < room + 10; i++) {
      all.add(new Asked(new Demand(Cost.one(), "slow"), 1_000));
    }
    all.add(new Asked(new Demand(Cost.one(), "other"), 1_000));

    List<Long> starts = simulated(options, all);

    // Eleven have to end before there is room to look at it: the first ended after 1,000 ns.
    assertThat(starts.getLast()).isEqualTo(10 * 1_000_000_000L + 1_000);
  }

  @Test
  void few_are_held_at_a_time_and_a_day_of_a_hundred_a_minute_asks_each_limit_a_few_times() {
    long[] asked = {0};
    Limit free =
        new Limit() {
          @Override
          public long readyAt(long now, long amount) {
            asked[0]++;
            return now;
          }

          @Override
          public void start(long now, long amount) {}

          @Override
          public void end(long startedAt, long now, long amount) {}
        };
    long[] started = {0};
    PlanListener listener =
        new PlanListener() {
          @Override
          public void started(Demand demand, long atNanos, long heldNanos, String heldBy) {
            started[0]++;
          }
        };
    List<Rule> rules = new ArrayList<>(limits(List.of("--rate", "100/m")).throttle("test").rules());
    rules.add(new Rule("limit", Cost.PERMITS, free));
    Simulation simulation = new Simulation(rules, List::of, 256, List.of(listener));

    int day = 144_000;
    for (int i = 1; i <= day; i++) {
      simulation.add(new Demand(Cost.one(), ""), 300_000_000);
      assertThat(started[0]).isGreaterThanOrEqualTo(i - 1);
    }
    simulation.finish();

    assertThat(started[0]).isEqualTo(day);
    assertThat(asked[0]).isLessThan(10L * day);
  }
}
