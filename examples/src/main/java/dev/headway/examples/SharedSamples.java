package dev.headway.examples;

import dev.headway.distributed.SharedThrottle;
import dev.headway.examples.Web.Url;
import dev.headway.postgres.PostgresThrottle;
import dev.headway.redis.RedisThrottle;
import io.lettuce.core.RedisClient;
import org.postgresql.ds.PGSimpleDataSource;

/** One limit for many processes. */
public final class SharedSamples {

  private final Url url = new Url("one", "/1");

  private SharedSamples() {}

  /** Uses the Redis and the PostgreSQL whose URLs are given. */
  public static void main(String[] args) throws InterruptedException {
    SharedSamples samples = new SharedSamples();
    samples.onRedis(args[0]);
    samples.onPostgres(args[1]);
  }

  private void onRedis(String redisUrl) throws InterruptedException {
    try (RedisClient client = RedisClient.create(redisUrl);
        SharedThrottle api = RedisThrottle.builder(client, "github").rate("100/m").build()) {
      api.run(() -> fetch(url));
    }
  }

  private void onPostgres(String postgresUrl) throws InterruptedException {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(postgresUrl);
    try (SharedThrottle api = PostgresThrottle.builder(source, "github").rate("100/m").build()) {
      api.run(() -> fetch(url));
    }
  }

  private void fetch(Url url) {
    System.out.println(Web.fetch(url).text());
  }
}
