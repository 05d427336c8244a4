package dev.headway.bench.shared;

import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import org.jspecify.annotations.Nullable;
import redis.embedded.RedisServer;

/**
 * The Redis of all candidates: the one that HEADWAY_TEST_REDIS names, or one started for the run.
 */
final class Redis implements AutoCloseable {

  private static final String GIVEN = "HEADWAY_TEST_REDIS";

  private final String uri;
  private final @Nullable RedisServer server;

  private Redis(String uri, @Nullable RedisServer server) {
    this.uri = uri;
    this.server = server;
  }

  static Redis start() {
    String given = System.getenv(GIVEN);
    if (given != null) {
      return new Redis(given, null);
    }
    try {
      int port = freePort();
      RedisServer server =
          RedisServer.newRedisServer()
              .port(port)
              .setting("bind 127.0.0.1")
              .setting("save \"\"")
              .setting("appendonly no")
              .build();
      server.start();
      return new Redis("redis://127.0.0.1:" + port, server);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Its URI. */
  String uri() {
    return uri;
  }

  /** Its version. */
  String version() {
    try (RedisClient client = RedisClient.create(uri);
        var connection = client.connect()) {
      return connection
          .sync()
          .info("server")
          .lines()
          .filter(line -> line.startsWith("redis_version:"))
          .map(line -> line.substring(line.indexOf(':') + 1))
          .findFirst()
          .orElseThrow();
    }
  }

  @Override
  public void close() {
    if (server != null) {
      try {
        server.stop();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
