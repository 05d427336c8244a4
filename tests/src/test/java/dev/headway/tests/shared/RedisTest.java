package dev.headway.tests.shared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.distributed.SharedThrottle;
import dev.headway.distributed.SharedThrottleBuilder;
import dev.headway.distributed.StoreUnavailableException;
import dev.headway.limit.Counted;
import dev.headway.redis.RedisThrottle;
import dev.headway.testkit.VirtualTime;
import dev.headway.testkit.Windows;
import dev.headway.throttle.Permit;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.RestoreArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.embedded.RedisServer;

/** What befalls a Redis, and what is in it. */
class RedisTest {

  private static final Duration PERIOD = Duration.ofMillis(300);

  private final String id = UUID.randomUUID().toString();
  private final StatefulRedisConnection<String, String> connection =
      Servers.redisClient().connect();
  private final RedisCommands<String, String> redis = connection.sync();

  @AfterEach
  void close() {
    connection.close();
  }

  private SharedThrottleBuilder builder(String name) {
    return RedisThrottle.builder(Servers.redisClient(), name).timeout(Duration.ofSeconds(20));
  }

  private List<String> keys() {
    return redis.keys("headway:*" + id + "*");
  }

  private String hash() {
    return keys().stream().filter(key -> key.endsWith("}")).findFirst().orElseThrow();
  }

  /** What happens in the middle. */
  enum Misfortune {
    SCRIPTS_GONE,
    KEYS_GONE,
    LISTS_GONE,
    ANOTHER_TYPE,
    GARBAGE,
    AN_OLDER_STATE
  }

  private void befall(Misfortune misfortune, byte[] earlier) {
    switch (misfortune) {
      case SCRIPTS_GONE -> redis.scriptFlush();
      case KEYS_GONE -> redis.del(keys().toArray(String[]::new));
      case LISTS_GONE -> {
        String hash = hash();
        keys().stream().filter(key -> !key.equals(hash)).forEach(redis::del);
      }
      case ANOTHER_TYPE -> {
        String hash = hash();
        redis.del(hash);
        redis.set(hash, "no hash");
      }
      case GARBAGE -> redis.hset(hash(), "m", "garbage");
      case AN_OLDER_STATE -> {
        try (var bytes = Servers.redisClient().connect(ByteArrayCodec.INSTANCE)) {
          byte[] key = hash().getBytes(StandardCharsets.UTF_8);
          bytes.sync().restore(key, earlier, RestoreArgs.Builder.ttl(600_000).replace());
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Misfortune.class)
  void whateverIsLostNothingExceedsAndItGoesOnByItself(Misfortune misfortune) throws Exception {
    List<Long> starts = new ArrayList<>();
    List<Long> afterwards = new ArrayList<>();
    try (SharedThrottle throttle = builder(id).rate("20/300ms", Counted.FROM_END).build()) {
      byte[] earlier = null;
      for (int i = 0; i < 150; i++) {
        if (i == 5) {
          earlier = redis.dump(hash());
        }
        if (i == 70) {
          befall(misfortune, earlier);
        }
        try (Permit permit = throttle.acquire()) {
          starts.add(System.nanoTime());
          if (i > 70) {
            afterwards.add(System.nanoTime());
          }
        }
      }
    }
    long[] all = starts.stream().mapToLong(Long::longValue).toArray();
    assertThat(Windows.fullest(all, PERIOD)).isLessThanOrEqualTo(20);
    assertThat(afterwards).hasSize(79);
  }

  @ParameterizedTest
  @ValueSource(strings = {"NOREPLICAS", "READONLY", "NOPERM"})
  void anErrorThatRedisAnswersWithIsReportedAtOnce(String error) throws Exception {
    int port = Servers.freePort();
    RedisServer server = Servers.startRedis(port);
    RedisURI uri = RedisURI.create("redis://localhost:" + port);
    RedisClient admin = RedisClient.create(uri.toURI().toString());
    try (StatefulRedisConnection<String, String> direct = admin.connect()) {
      switch (error) {
        case "NOREPLICAS" -> direct.sync().configSet("min-replicas-to-write", "1");
        case "READONLY" -> direct.sync().replicaof("127.0.0.1", Servers.freePort());
        default -> {
          direct
              .sync()
              .aclSetuser(
                  "weak",
                  AclSetuserArgs.Builder.on()
                      .addPassword("weak")
                      .allKeys()
                      .allChannels()
                      .addCategory(io.lettuce.core.AclCategory.CONNECTION)
                      .addCategory(io.lettuce.core.AclCategory.PUBSUB));
          uri.setCredentialsProvider(
              io.lettuce.core.RedisCredentialsProvider.from(
                  () -> io.lettuce.core.RedisCredentials.just("weak", "weak")));
        }
      }
      RedisClient client = RedisClient.create(uri);
      try (SharedThrottle throttle =
          RedisThrottle.builder(client, id).rate("20/s").timeout(Duration.ofMinutes(5)).build()) {
        for (int i = 0; i < 2; i++) {
          assertThat(CompletableFuture.supplyAsync(() -> failure(throttle)))
              .succeedsWithin(Duration.ofSeconds(20))
              .asString()
              .contains(error);
        }
      } finally {
        client.shutdown();
      }
    } finally {
      admin.shutdown();
      server.stop();
    }
  }

  private static String failure(SharedThrottle throttle) {
    try {
      throttle.acquire();
      return "none";
    } catch (StoreUnavailableException e) {
      return String.valueOf(e.getMessage());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aRestartHealsByItself() throws Exception {
    int port = Servers.freePort();
    RedisServer server = Servers.startRedis(port);
    RedisClient client = RedisClient.create("redis://localhost:" + port);
    List<Long> starts = new ArrayList<>();
    try (SharedThrottle throttle =
        RedisThrottle.builder(client, id)
            .rate("20/300ms", Counted.FROM_END)
            .timeout(Duration.ofSeconds(30))
            .build()) {
      for (int i = 0; i < 100; i++) {
        if (i == 50) {
          server.stop();
          server = Servers.startRedis(port);
        }
        try (Permit permit = throttle.acquire()) {
          starts.add(System.nanoTime());
        }
      }
    } finally {
      client.shutdown();
      server.stop();
    }
    long[] all = starts.stream().mapToLong(Long::longValue).toArray();
    assertThat(Windows.fullest(all, PERIOD)).isLessThanOrEqualTo(20);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "a b",
        "{}",
        "}{",
        "{a}b",
        "a:b",
        "*",
        "?[x]",
        "\u0000\r\n",
        "ключ 🔑",
        "\"'\\"
      })
  void aNameMayBeAnyTextAndKeysExpire(String prefix) throws Exception {
    try (SharedThrottle throttle =
            builder(prefix + id).rate("3/m").rate("2000/h").concurrency(2).build();
        SharedThrottle same =
            builder(prefix + id).rate("3/m").rate("2000/h").concurrency(2).build();
        SharedThrottle other = builder(prefix + id + "x").rate("3/m").build()) {
      throttle.acquire().close();
      throttle.acquire().close();
      same.acquire().close();
      assertThat(throttle.tryAcquire()).isEmpty();
      assertThat(other.tryAcquire()).isPresent();
    }
    assertThat(keys())
        .isNotEmpty()
        .allSatisfy(key -> {
          assertThat(key).startsWith("headway:{");
          assertThat(redis.ttl(key)).isPositive();
        });
  }

  @Test
  void aLargeWindowIsAFewNumbers() throws Exception {
    VirtualTime time = new VirtualTime();
    try (SharedThrottle throttle = builder(id).rate("10000000/m").timeSource(time).build()) {
      time.run(() -> {
        for (int i = 0; i < 4_000; i++) {
          throttle.acquire(1_000).close();
          time.sleep(Duration.ofMillis(20));
        }
        return null;
      });
      assertThat(keys()).hasSize(2);
      String list = keys().stream().filter(key -> !key.equals(hash())).findFirst().orElseThrow();
      assertThat(redis.llen(list)).isBetween(900L, 1_001L);
    }
  }

  @Test
  void hoursDoNotLetARateDrift() throws Exception {
    VirtualTime time = new VirtualTime();
    try (SharedThrottle throttle =
        builder(id).spacing("7/m").lease(Duration.ofHours(1)).timeSource(time).build()) {
      time.run(() -> {
        for (int i = 0; i < 7 * 60 * 3 + 1; i++) {
          throttle.acquire().close();
        }
        // Each interval is rounded up to a microsecond.
        assertThat(time.elapsed())
            .isBetween(Duration.ofHours(3), Duration.ofHours(3).plusMillis(2));
        return null;
      });
    }
  }

  @Test
  void manyCallersShareOneRoundTrip() throws Exception {
    Line line = new Line(RedisThrottle.store(Servers.redisClient()));
    try (SharedThrottle throttle = SharedThrottleBuilder.on(line, id).rate("1000000/s").build()) {
      throttle.acquire().close();
      int before = line.questions.get();
      List<Thread> callers = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        callers.add(
            Thread.startVirtualThread(() -> {
              try {
                throttle.acquire().close();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            }));
      }
      for (Thread caller : callers) {
        caller.join();
      }
      assertThat(throttle.snapshot().granted()).isEqualTo(1_001);
      assertThat(line.questions.get() - before).isLessThan(500);
    }
  }

  @Test
  void aUserWithOnlyTheDocumentedRightsWillDo() throws Exception {
    redis.aclSetuser(
        "user" + id,
        AclSetuserArgs.Builder.reset()
            .on()
            .resetChannels()
            .addPassword("secret")
            .keyPattern("headway:*")
            .channelPattern("headway:*")
            .addCategory(io.lettuce.core.AclCategory.CONNECTION)
            .addCategory(io.lettuce.core.AclCategory.SCRIPTING)
            .addCategory(io.lettuce.core.AclCategory.PUBSUB)
            .addCategory(io.lettuce.core.AclCategory.HASH)
            .addCategory(io.lettuce.core.AclCategory.LIST)
            .addCategory(io.lettuce.core.AclCategory.KEYSPACE)
            .addCommand(io.lettuce.core.protocol.CommandType.TIME));
    RedisURI uri = RedisURI.create(Servers.redis());
    uri.setCredentialsProvider(
        io.lettuce.core.RedisCredentialsProvider.from(
            () -> io.lettuce.core.RedisCredentials.just("user" + id, "secret")));
    RedisClient client = RedisClient.create(uri);
    try (SharedThrottle throttle =
        RedisThrottle.builder(client, id).rate("10/m").concurrency(1).build()) {
      throttle.acquire().close();
      throttle.acquire().close();
      assertThat(throttle.snapshot().available()).isEqualTo(1);
    } finally {
      client.shutdown();
      redis.aclDeluser("user" + id);
    }
  }
}
