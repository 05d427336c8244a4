package dev.headway.bench.peers;

import dev.headway.distributed.SharedThrottle;
import dev.headway.limit.Rate;
import dev.headway.redis.RedisThrottle;
import dev.headway.throttle.Permit;
import io.github.bucket4j.BlockingBucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.RemoteBucketBuilder;
import io.github.bucket4j.distributed.proxy.optimization.Optimizations;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.redisson.Redisson;
import org.redisson.api.RRateLimiter;
import org.redisson.api.RateType;
import org.redisson.config.Config;

/** Limiters that share a limit through Redis, ours and others', at a rate that is never reached. */
public enum SharedLimiters {
  HEADWAY("Headway") {
    @Override
    public Limiter open(String redis, String key) {
      SharedThrottle throttle =
          RedisThrottle.builder(RedisClient.create(redis), key)
              .rate(Rate.of(A_SECOND, SECOND))
              .build();
      return () -> {
        Permit permit = throttle.acquire();
        return permit::close;
      };
    }
  },
  BUCKET4J("Bucket4j, Lettuce") {
    @Override
    public Limiter open(String redis, String key) {
      return bucket(bucket4j(redis), key);
    }
  },
  /** It batches the calls of one process, too. */
  BUCKET4J_BATCHING("Bucket4j, Lettuce, batching") {
    @Override
    public Limiter open(String redis, String key) {
      return bucket(bucket4j(redis).withOptimization(Optimizations.batching()), key);
    }
  },
  REDISSON("Redisson") {
    @Override
    public Limiter open(String redis, String key) {
      Config config = new Config();
      config.useSingleServer().setAddress(redis);
      RRateLimiter limiter = Redisson.create(config).getRateLimiter(key);
      limiter.trySetRate(RateType.OVERALL, A_SECOND, SECOND, KEPT);
      return () -> {
        limiter.acquire();
        return Limiter.Held.NOTHING;
      };
    }
  },
  /** The least that keeps an exact window: one call per grant, and an entry for each. */
  SCRIPT("a plain script") {
    @Override
    public Limiter open(String redis, String key) {
      RedisCommands<String, String> commands = RedisClient.create(redis).connect().sync();
      String digest = commands.scriptLoad(WINDOW);
      String[] keys = {key};
      AtomicLong calls = new AtomicLong();
      return () -> {
        String entry = Long.toString(calls.incrementAndGet());
        Boolean granted =
            commands.evalsha(
                digest,
                ScriptOutputType.BOOLEAN,
                keys,
                Long.toString(A_SECOND),
                Long.toString(SECOND.toMillis()),
                entry,
                Long.toString(KEPT.toMillis()));
        if (!granted) {
          throw new IllegalStateException("the script refused a call that it had room for");
        }
        return Limiter.Held.NOTHING;
      };
    }
  };

  private static final long A_SECOND = 1_000_000_000;
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** The time after which Redis deletes unused keys. */
  private static final Duration KEPT = Duration.ofMinutes(1);

  private static final String WINDOW =
      """
      local time = redis.call('TIME')
      local now = time[1] * 1000000 + time[2]
      redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2] * 1000)
      if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then
        return 0
      end
      redis.call('ZADD', KEYS[1], now, ARGV[3])
      redis.call('PEXPIRE', KEYS[1], ARGV[4])
      return 1
      """;

  private final String title;

  SharedLimiters(String title) {
    this.title = title;
  }

  /** Its title. */
  public String title() {
    return title;
  }

  /**
   * A limiter with connections of its own, for as long as this process runs.
   *
   * @param redis the URI of Redis
   * @param key the name of the limit there
   */
  public abstract Limiter open(String redis, String key);

  private static RemoteBucketBuilder<String> bucket4j(String redis) {
    var connection =
        RedisClient.create(redis).connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
    return Bucket4jLettuce.casBasedBuilder(connection)
        .expirationAfterWrite(
            ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(KEPT))
        .build()
        .builder();
  }

  private static Limiter bucket(RemoteBucketBuilder<String> builder, String key) {
    BucketConfiguration configuration =
        BucketConfiguration.builder()
            .addLimit(limit -> limit.capacity(A_SECOND).refillGreedy(A_SECOND, SECOND))
            .build();
    BlockingBucket bucket = builder.build(key, () -> configuration).asBlocking();
    return () -> {
      bucket.consume(1);
      return Limiter.Held.NOTHING;
    };
  }
}
