package dev.headway.tests.shared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.distributed.SharedThrottle;
import dev.headway.distributed.StoreUnavailableException;
import dev.headway.redis.RedisThrottle;
import dev.headway.throttle.Permit;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.embedded.RedisSentinel;

/** Another Redis takes over. */
@Timeout(120)
class FailoverTest {

  /** Asks a server directly. */
  private static <T> T ask(int port, Function<RedisCommands<String, String>, T> question) {
    try (RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", port));
        StatefulRedisConnection<String, String> connection = client.connect()) {
      return question.apply(connection.sync());
    }
  }

  private static String info(int port, String section) {
    return ask(port, redis -> redis.info(section));
  }

  private static String processOf(int port) {
    return info(port, "server").replaceAll("(?s).*process_id:(\\d+).*", "$1");
  }

  /** A frozen server keeps its connections open and answers nothing. */
  private static void signal(String process, String signal) throws Exception {
    int status = new ProcessBuilder("kill", "-" + signal, process).start().waitFor();
    assertThat(status).isEqualTo(0);
  }

  /** Starts a server that follows another. */
  private static int startReplica(int master) throws InterruptedException {
    int port = Servers.freePort();
    Servers.startRedis(port);
    String said = ask(port, redis -> redis.replicaof("127.0.0.1", master));
    assertThat(said).isEqualTo("OK");
    while (!info(master, "replication").contains("state=online")) {
      Thread.sleep(50);
    }
    return port;
  }

  private static RedisSentinel startSentinel(int port, int master) throws IOException {
    RedisSentinel sentinel =
        RedisSentinel.newRedisSentinel()
            .bind("127.0.0.1")
            .port(port)
            .masterName("main")
            .masterPort(master)
            .quorumSize(1)
            .downAfterMilliseconds(1_000L)
            .failOverTimeout(5_000L)
            .parallelSyncs(1)
            .build();
    sentinel.start();
    return sentinel;
  }

  /** How many callers fail before one gets a permit. */
  private static int failuresUntilGranted(SharedThrottle throttle) throws InterruptedException {
    for (int failures = 0; ; failures++) {
      try (Permit permit = throttle.acquire()) {
        return failures;
      } catch (StoreUnavailableException e) {
        assertThat(e).hasMessageContaining("has not answered for 2 s");
      }
    }
  }

  @Test
  void aThrottleFindsTheNewMasterWhileTheOldOneIsFrozen() throws Exception {
    int master = Servers.freePort();
    Servers.startRedis(master);
    int replica = startReplica(master);
    int port = Servers.freePort();
    RedisSentinel sentinel = startSentinel(port, master);
    String process = processOf(master);
    RedisURI uri = RedisURI.Builder.sentinel("127.0.0.1", port, "main").build();
    try (RedisClient client = RedisClient.create(uri);
        SharedThrottle throttle =
            RedisThrottle.builder(client, "api")
                .rate("1000/s")
                .timeout(Duration.ofSeconds(2))
                .build()) {
      assertThat(failuresUntilGranted(throttle)).isZero();
      signal(process, "STOP");

      // The new master is there after a few seconds.
      assertThat(failuresUntilGranted(throttle)).isBetween(1, 20);
      assertThat(info(replica, "replication")).contains("role:master");
    } finally {
      signal(process, "CONT");
      sentinel.stop();
    }
  }
}
