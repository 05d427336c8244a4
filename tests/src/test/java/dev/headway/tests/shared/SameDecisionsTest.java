package dev.headway.tests.shared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.distributed.Store;
import dev.headway.distributed.StoreRequest;
import dev.headway.distributed.StoreResponse;
import dev.headway.postgres.PostgresThrottle;
import dev.headway.redis.RedisThrottle;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every store gives the same answers to the same questions, whatever members do or omit. */
class SameDecisionsTest {

  private static final long LEASE = 10_000_000;
  private static final int STEPS = 250;

  private static Store redis;
  private static Store postgres;

  @BeforeAll
  static void open() {
    redis = RedisThrottle.store(Servers.redisClient());
    postgres = PostgresThrottle.store(Servers.postgres());
  }

  @AfterAll
  static void close() {
    redis.close();
    postgres.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rate permits start 10 1000000000",
        "rate permits end 10 1000000000",
        "rate permits start 5000 3000000000",
        "bucket permits bucket 7 1000000000 20",
        "spacing permits spacing 3 1000000000",
        "spacing permits aligned 3 1000000000",
        "concurrency permits concurrency 4",
        "rate permits start 3000000 2000000000;concurrency permits concurrency 20000",
        "rate permits start 10 1000000000;rate tokens start 900 5000000000",
        "rate permits end 30 1000000000;bucket permits bucket 9 1000000000 9;rate bytes end 99"
            + " 77000000;concurrency permits concurrency 12;rate tokens start 2000 5000000000",
        ""
      })
  void storesAnswerAlike(String rules) throws Exception {
    for (int seed = 0; seed < 12; seed++) {
      new Play(rules, seed).play();
    }
  }

  /** Members that ask both stores at instants of their own. */
  private static final class Play {
    private static final String[] OTHERS = {
      "rate permits start 4 500000000",
      "rate permits start 12 1000000000;rate tokens start 100 2000000000",
      "concurrency permits concurrency 3;spacing permits spacing 20 1000000000",
      "bucket permits bucket 2 1000000000 5",
      "rate permits start 1 1000000000;rate permits start 20 60000000000"
    };

    private final Random random;
    private final String limit = "same " + UUID.randomUUID();
    private final String firstRules;
    private final String seen;
    private final List<Member> members = new ArrayList<>();
    private long clock = 1_800_000_000_000_000L;

    Play(String rules, int seed) {
      random = new Random(31L * seed + rules.hashCode());
      firstRules = rules.isEmpty() ? OTHERS[seed % OTHERS.length] : rules;
      seen = rules + ", seed " + seed;
      for (int i = 0; i < 3; i++) {
        members.add(new Member("m" + i));
      }
    }

    void play() throws Exception {
      for (int step = 0; step < STEPS; step++) {
        letTimePass();
        Member member = members.get(random.nextInt(members.size()));
        StoreRequest question = member.ask();
        StoreResponse one = redis.decide(limit, question).toCompletableFuture().get();
        StoreResponse other = postgres.decide(limit, question).toCompletableFuture().get();
        assertThat(other).as("%s, step %s: %s", seen, step, question).isEqualTo(one);
        if (random.nextInt(20) > 0) {
          member.hear(one);
        }
      }
    }

    private void letTimePass() {
      switch (random.nextInt(40)) {
        case 0 -> clock -= random.nextInt(3_000_000);
        case 1 -> clock += random.nextInt(30_000_000);
        case 2, 3, 4, 5 -> clock += random.nextInt(1_000_000);
        case 6, 7, 8, 9 -> clock += random.nextInt(20);
        default -> clock += random.nextInt(60_000);
      }
    }

    /** One member, which knows what it was granted and tells what becomes of it. */
    private final class Member {
      private final String name;
      private String rules = firstRules;
      private long version;
      private boolean newest = true;
      private boolean untold = true;
      private long number;
      private String epoch = "";
      private long calls;
      private long lastSeen;
      private long askedAt = -1;
      private long batch;
      private List<Long> unstarted;
      private List<Long> held;
      private final List<List<Long>> askedFor = new ArrayList<>();

      Member(String name) {
        this.name = name;
        forget();
      }

      private int size() {
        return 1
            + (int)
                Stream.of(rules.split(";", -1))
                    .map(rule -> rule.split(" ", -1)[1])
                    .filter(budget -> !budget.equals("permits"))
                    .distinct()
                    .count();
      }

      private void forget() {
        unstarted = zeros();
        held = zeros();
      }

      private List<Long> zeros() {
        List<Long> zeros = new ArrayList<>();
        for (int i = 0; i < size(); i++) {
          zeros.add(0L);
        }
        return zeros;
      }

      /** Some of what there is, taken away from it. */
      private List<Long> some(List<Long> from) {
        List<Long> some = new ArrayList<>();
        for (int i = 0; i < from.size(); i++) {
          long amount = random.nextBoolean() ? from.get(i) : random.nextLong(from.get(i) + 1);
          some.add(amount);
          from.set(i, from.get(i) - amount);
        }
        return some;
      }

      private void add(List<Long> to, List<Long> amounts) {
        for (int i = 0; i < amounts.size(); i++) {
          to.set(i, to.get(i) + amounts.get(i));
        }
      }

      private long ago() {
        return random.nextInt(4) == 0 ? -1 : random.nextInt(40_000);
      }

      StoreRequest ask() {
        if (random.nextInt(60) == 0) {
          rules = OTHERS[random.nextInt(OTHERS.length)];
          newest = true;
          untold = true;
          forget();
        }
        boolean late = number > 1 && random.nextInt(30) == 0;
        List<Long> starts = new ArrayList<>();
        List<Long> ends = new ArrayList<>();
        List<Long> settled = new ArrayList<>();
        List<Long> returned = List.of();
        if (random.nextInt(3) > 0) {
          List<Long> started = some(unstarted);
          add(held, started);
          starts.add(ago());
          starts.addAll(started);
        }
        if (random.nextInt(3) > 0) {
          ends.add(ago());
          ends.addAll(some(held));
        }
        if (random.nextInt(6) == 0) {
          int place = random.nextInt(size());
          settled.addAll(
              List.of((long) random.nextInt(50_000), place + 1L, random.nextLong(12) - 4));
        }
        if (random.nextInt(8) == 0) {
          returned = some(unstarted);
        }
        List<Long> demand = new ArrayList<>();
        List<Long> wanted = zeros();
        askedFor.clear();
        for (int i = random.nextInt(4); i > 0; i--) {
          List<Long> cost = zeros();
          cost.set(0, 1L + random.nextInt(random.nextInt(5) == 0 ? 3 : 1));
          for (int j = 1; j < cost.size(); j++) {
            cost.set(j, (long) random.nextInt(40));
          }
          long count = 1L + random.nextInt(5);
          demand.add(count);
          demand.addAll(cost);
          for (long k = 0; k < count; k++) {
            add(wanted, cost);
            askedFor.add(cost);
          }
        }
        long elapsed = askedAt < 0 ? -1 : Math.max(0, clock - askedAt);
        askedAt = clock;
        boolean lost = random.nextInt(80) == 0;
        return new StoreRequest(
            clock,
            name,
            late ? number - 1 : ++number,
            lost && random.nextBoolean() ? "another" : epoch,
            lost ? calls + 1000 : calls,
            elapsed,
            LEASE,
            version,
            untold ? rules : "",
            untold && newest,
            random.nextInt(10) == 0 ? batch : ++batch,
            random.nextInt(60) == 0 ? random.nextInt(200_000) : 0,
            random.nextInt(3),
            random.nextInt(3),
            random.nextInt(3),
            starts,
            ends,
            settled,
            returned,
            random.nextInt(5),
            random.nextInt(5),
            List.copyOf(unstarted),
            List.copyOf(held),
            demand,
            wanted,
            random.nextBoolean(),
            random.nextInt(4) == 0 ? random.nextInt(30) : 0,
            lastSeen,
            random.nextInt(3));
      }

      void hear(StoreResponse answer) {
        switch (answer.status()) {
          case OK -> {
            untold = false;
            newest = false;
            epoch = answer.epoch();
            calls = answer.calls();
            lastSeen = answer.time();
            version = answer.version();
            for (int i = 0; i < Math.min(answer.granted(), askedFor.size()); i++) {
              add(unstarted, askedFor.get(i));
            }
            if (answer.granted() > askedFor.size()) {
              unstarted.set(0, unstarted.get(0) + answer.granted() - askedFor.size());
            }
          }
          case RULES -> {
            version = answer.version();
            rules = answer.rules();
            newest = false;
            untold = false;
            forget();
          }
          case UNKNOWN -> untold = true;
          case STALE -> {}
        }
      }
    }
  }
}
