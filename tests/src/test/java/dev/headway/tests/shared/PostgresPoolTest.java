package dev.headway.tests.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.headway.distributed.SharedThrottle;
import dev.headway.distributed.StoreUnavailableException;
import dev.headway.postgres.PostgresThrottle;
import dev.headway.throttle.Permit;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Throttles share a pool of connections with an application. */
@Timeout(60)
class PostgresPoolTest {

  private final String id = UUID.randomUUID().toString();
  private final HikariDataSource pool = new HikariDataSource();
  private final List<SharedThrottle> open = new ArrayList<>();

  PostgresPoolTest() {
    pool.setDataSource(Servers.postgres());
    pool.setMaximumPoolSize(2);
  }

  @AfterEach
  void close() {
    open.forEach(SharedThrottle::close);
    pool.close();
  }

  private SharedThrottle throttle(String name, Duration timeout) {
    SharedThrottle throttle =
        PostgresThrottle.builder(pool, id + name)
            .rate("1000/s")
            .concurrency(1)
            .timeout(timeout)
            .build();
    open.add(throttle);
    return throttle;
  }

  @Test
  void tenThrottlesAndTheApplicationGetByWithAPoolOfTwo() throws Exception {
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        SharedThrottle throttle = throttle("/" + i, Duration.ofSeconds(20));
        done.add(
            callers.submit(() -> {
              for (int k = 0; k < 100; k++) {
                throttle.acquire().close();
                Thread.sleep(20);
              }
              return null;
            }));
      }
      for (int i = 0; i < 3; i++) {
        try (Connection connection = pool.getConnection()) {
          assertThat(connection.isValid(5)).isTrue();
        }
      }
      for (Future<?> each : done) {
        each.get();
      }
    }
  }

  @Test
  void aThrottleWakesAnotherOfTheSamePool() throws Exception {
    SharedThrottle one = throttle("", Duration.ofSeconds(20));
    SharedThrottle other = throttle("", Duration.ofSeconds(20));
    // The listener is there once a wake-up has come.
    for (int i = 0; i < 3; i++) {
      Permit held = one.acquire();
      CompletableFuture<Permit> waiting = other.acquireAsync();
      assertThat(other.isLocked()).isTrue();
      held.close();
      waiting.get(20, TimeUnit.SECONDS).close();
    }
  }

  @Test
  void throttlesOfAPoolCloseOneByOne() throws Exception {
    SharedThrottle one = throttle("/1", Duration.ofSeconds(20));
    SharedThrottle other = throttle("/2", Duration.ofSeconds(20));
    one.acquire().close();
    one.close();
    one.close();
    other.acquire().close();
    other.close();
    SharedThrottle next = throttle("/3", Duration.ofSeconds(20));
    next.acquire().close();
    next.close();

    // All connections are back.
    try (Connection first = pool.getConnection();
        Connection second = pool.getConnection()) {
      assertThat(first.isValid(5) && second.isValid(5)).isTrue();
    }
  }

  @Test
  void anExhaustedPoolIsReportedAsSuch() throws SQLException {
    try (Connection first = pool.getConnection();
        Connection second = pool.getConnection()) {
      assertThat(first).isNotSameAs(second);
      SharedThrottle throttle = throttle("", Duration.ofSeconds(2));
      assertThatThrownBy(throttle::acquire)
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("has not answered for 2 s")
          .hasMessageMatching(
              "(?s).*the data source has given no connection for .*: its pool may be exhausted.*");
    }
  }
}
