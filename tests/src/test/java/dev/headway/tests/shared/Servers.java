package dev.headway.tests.shared;

import io.lettuce.core.RedisClient;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import redis.embedded.RedisServer;

/** The servers that tests share their limits on, started when one is first asked for. */
public final class Servers {

  private static final String REDIS = start();
  private static final RedisClient CLIENT = RedisClient.create(REDIS);

  private Servers() {}

  /** Where Redis is. */
  public static String redis() {
    return REDIS;
  }

  /** A client of it. */
  public static RedisClient redisClient() {
    return CLIENT;
  }

  private static String start() {
    String given = System.getenv("HEADWAY_TEST_REDIS");
    if (given != null) {
      return given;
    }
    int port = freePort();
    startRedis(port);
    return "redis://localhost:" + port;
  }

  /** A PostgreSQL. */
  public static DataSource postgres() {
    return postgres("");
  }

  /** The same, with more parameters of its driver, each after an ampersand. */
  static PGSimpleDataSource postgres(String parameters) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(Postgres.URL + (Postgres.URL.contains("?") ? "" : "?") + parameters);
    return source;
  }

  /** Started when it is first asked for. */
  private static final class Postgres {
    private static final String URL = url();

    private static String url() {
      String given = System.getenv("HEADWAY_TEST_POSTGRES");
      return given != null ? given : startPostgres().getJdbcUrl("postgres", "postgres");
    }
  }

  /** A PostgreSQL of its own that ends with this process. */
  static EmbeddedPostgres startPostgres() {
    try {
      return EmbeddedPostgres.builder().setPort(freePort()).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A Redis of its own that ends with this process. */
  public static RedisServer startRedis(int port) {
    try {
      RedisServer server =
          RedisServer.newRedisServer()
              .port(port)
              .setting("bind 127.0.0.1")
              .setting("save \"\"")
              .setting("appendonly no")
              .build();
      server.start();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server)));
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void stop(RedisServer server) {
    try {
      server.stop();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A port that nobody listens on. */
  public static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
