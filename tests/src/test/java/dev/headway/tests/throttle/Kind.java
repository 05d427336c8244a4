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
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
    Scope open() {
      return new Shared(store());
    }

    @Override
    public Store store() {
      return RedisThrottle.store(Servers.redisClient());
    }
  },
  POSTGRES {
    @Override
    Scope open() {
      return new Shared(store());
    }

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

  /**
   * A store that is silent when the test is over: virtual time stands still then, which would pass
   * for good as long as permits are held.
   */
  private static final class Shared implements Scope, Store {
    private final Store store;
    private volatile boolean over;

    Shared(Store store) {
      this.store = store;
    }

    @Override
    public CompletionStage<StoreResponse> decide(String limit, StoreRequest question) {
      return over ? new CompletableFuture<>() : store.decide(limit, question);
    }

    @Override
    public void listen(String member, Consumer<String> wake) {
      store.listen(member, wake);
    }

    @Override
    public AbstractThrottleBuilder<?> builder() {
      return SharedThrottleBuilder.on(new OneThrottles(this), "test " + UUID.randomUUID())
          .name("throttle")
          .lease(Duration.ofDays(1));
    }

    @Override
    public void close() {
      over = true;
      store.close();
    }
  }

  /** What one throttle of a scope has of its store: that it closes it ends nothing for others. */
  private record OneThrottles(Store store) implements Store {
    @Override
    public CompletionStage<StoreResponse> decide(String limit, StoreRequest question) {
      return store.decide(limit, question);
    }

    @Override
    public void listen(String member, Consumer<String> wake) {
      store.listen(member, wake);
    }

    @Override
    public void close() {}
  }

  private static volatile Kind current = LOCAL;

  /** Where the throttles of scenes keep their limits now. */
  static Kind current() {
    return current;
  }

  static void use(Kind kind) {
    current = kind;
  }

  abstract Scope open();

  /** A store of this kind, where there is one. */
  public Store store() {
    throw new IllegalStateException(this + " has no store");
  }
}
