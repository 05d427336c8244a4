package dev.headway.bench.shared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.bench.peers.SharedLimiters;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GrantsProbeTest {

  private static Redis redis;
  private static RedisClient client;
  private static StatefulRedisConnection<String, String> connection;

  @BeforeAll
  static void start() {
    redis = Redis.start();
    client = RedisClient.create(redis.uri());
    connection = client.connect();
  }

  @AfterAll
  static void stop() {
    client.shutdown();
    redis.close();
  }

  private static List<String> keys() {
    return connection.sync().keys("*bench-*");
  }

  @ParameterizedTest
  @EnumSource(SharedLimiters.class)
  void whatIsGrantedIsKeptInRedisAndNotForEver(SharedLimiters candidate) {
    List<String> others = keys();
    GrantsProbe.aSecond(candidate, redis.uri(), Crowd.Kind.VIRTUAL, 0, 500, 1);
    List<String> kept = keys();
    kept.removeAll(others);
    assertThat(kept)
        .isNotEmpty()
        .allSatisfy(key -> assertThat(connection.sync().pttl(key)).isPositive());
  }
}
