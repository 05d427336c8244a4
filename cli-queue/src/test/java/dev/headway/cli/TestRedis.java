package dev.headway.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.jspecify.annotations.Nullable;
import redis.embedded.RedisServer;
import redis.embedded.core.RedisServerBuilder;

/**
 * A Redis for tests: the one that {@code HEADWAY_TEST_REDIS} names, of which only what a test has
 * put there is touched, or else one of their own.
 */
final class TestRedis implements AutoCloseable {

  private static final @Nullable String GIVEN = System.getenv("HEADWAY_TEST_REDIS");

  private final String uri;
  private final @Nullable RedisServer server;
  private final RedisClient client;
  private final RedisCommands<String, String> commands;

  private TestRedis(String uri, @Nullable RedisServer server) {
    this.uri = uri;
    this.server = server;
    this.client = RedisClient.create(uri);
    this.commands = client.connect().sync();
  }

  static TestRedis start() throws IOException {
    return GIVEN == null ? startOwn() : new TestRedis(GIVEN, null);
  }

  /** One that may be stopped, with some settings; skips the test if another one is named. */
  static TestRedis startOwn(String... settings) throws IOException {
    assumeTrue(GIVEN == null, "HEADWAY_TEST_REDIS is not for this test");
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    RedisServerBuilder builder =
        RedisServer.newRedisServer().port(port).bind("127.0.0.1").setting("save \"\"");
    for (String setting : settings) {
      builder.setting(setting);
    }
    RedisServer server = builder.build();
    server.start();
    return new TestRedis("redis://127.0.0.1:" + port, server);
  }

  String uri() {
    return uri;
  }

  RedisCommands<String, String> commands() {
    return commands;
  }

  void stop() throws IOException {
    if (server != null) {
      server.stop();
    }
  }

  @Override
  public void close() throws IOException {
    client.shutdown();
    stop();
  }
}
