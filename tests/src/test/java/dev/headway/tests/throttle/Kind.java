package dev.headway.tests.throttle;

import dev.headway.distributed.SharedThrottleBuilder;
import dev.headway.distributed.Store;
import dev.headway.distributed.StoreRequest;
import dev.headway.distributed.StoreResponse;
import dev.headway.postgres.PostgresThrottle;
import dev.headway.redis.RedisThrottle;
import dev.headway.tests.shared.Servers;
import dev.headway.throttle.AbstractThrottleBuilder;
import dev.headway.throttle.Throttle;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Where limits are kept: what a throttle promises holds for each. */
public enum Kind {
  LOCAL {
    @Override
    Scope open() {
      return new Scope() {
        @Override
        public AbstractThrottleBuilder<?> builder() {
          return Throttle.builder();
        }

        @Override
        public void close() {}
      };
    }
  },
  REDIS {
    @Override
    public Store store() {
      return RedisThrottle.store(Servers.redisClient());
    }
  },
  POSTGRES {
    @Override
    public Store store() {
      return PostgresThrottle.store(Servers.postgres());
    }
  };

  /** Makes throttles for one test. */
  interface Scope extends AutoCloseable {
    AbstractThrottleBuilder<?> builder();

    @Override
    void close();
  }

  /** A scene's throttles, on the store of all scenes. */
  private static final class Shared implements Scope {
    private final Store store;
    private volatile boolean over;

    Shared(Store store) {
      this.store = store;
    }

    @Override
    public AbstractThrottleBuilder<?> builder() {
      return SharedThrottleBuilder.on(new StoreOfScene(), "test " + UUID.randomUUID())
          .name("throttle")
          .lease(Duration.ofDays(1));
    }

    @Override
    public void close() {
      over = true;
    }

    /**
     * Is silent when the scene is over: virtual time stands still then, which would pass for good
     * as long as permits are held. Hears no wake-ups: nothing wakes the only member of a limit, and
     * each that listens takes a connection.
     */
    private final class StoreOfScene implements Store {
      @Override
      public CompletionStage<StoreResponse> decide(String limit, StoreRequest question) {
        return over ? new CompletableFuture<>() : store.decide(limit, question);
      }

      @Override
      public void listen(String member, Consumer<String> wake) {}

      @Override
      public void close() {}
    }
  }

  private static final Map<Kind, Store> OF_SCENES = new ConcurrentHashMap<>();

  private static volatile Kind current = LOCAL;

  /** Where the throttles of scenes keep their limits now. */
  static Kind current() {
    return current;
  }

  static void use(Kind kind) {
    current = kind;
  }

  Scope open() {
    return new Shared(OF_SCENES.computeIfAbsent(this, Kind::store));
  }

  /** A store of this kind, where there is one. */
  public Store store() {
    throw new IllegalStateException(this + " has no store");
  }
}
