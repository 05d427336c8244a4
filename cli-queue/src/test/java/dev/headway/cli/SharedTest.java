package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.cli.practice.PracticeServer;
import dev.headway.cli.practice.ServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Limits that several commands share. */
@Timeout(60)
final class SharedTest {

  @Test
  void several_fetches_keep_to_one_limit_together() throws Exception {
    String name = "shared-test " + UUID.randomUUID();
    try (TestRedis redis = TestRedis.start();
        PracticeServer strict =
            PracticeServer.start(ServerOptions.ON_ANY_PORT.withQuota(40, Duration.ofSeconds(1)));
        ExecutorService shells = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Cli>> fetches = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        String requests =
            IntStream.range(0, 50)
                .mapToObj(j -> strict.uri() + "/" + j)
                .collect(Collectors.joining("\n"));
        fetches.add(
            shells.submit(() ->
                Cli.run(
                    requests,
                    "fetch",
                    "--rate",
                    "40/s",
                    "--per-host",
                    "1000/m",
                    "--shared",
                    redis.uri(),
                    "--shared-name",
                    name,
                    "-")));
      }
      for (Future<Cli> fetch : fetches) {
        assertThat(fetch.get().status()).as(fetch.get().messages()).isZero();
        assertThat(fetch.get().results()).hasSize(50);
      }
      assertThat(strict.stats().rejected()).isZero();
      assertThat(strict.stats().fullestWindow()).isLessThanOrEqualTo(40);
    }
  }

  @Test
  void what_cannot_be_reached_is_told_and_nothing_is_sent() {
    for (String rest : List.of("127.0.0.1:1", "127.0.0.1:1/db")) {
      String scheme = rest.endsWith("/db") ? "postgresql://" : "redis://";
      Cli ran =
          Cli.run(
              "http://127.0.0.1:1/",
              "fetch",
              "--rate",
              "1/s",
              "--shared",
              scheme + "user:s3cr3t@" + rest,
              "-");

      assertThat(ran.status()).isEqualTo(1);
      assertThat(ran.messages())
          .contains("cannot share limits at " + scheme + rest)
          .doesNotContain("s3cr3t");
      assertThat(ran.out()).isEmpty();
    }
  }

  @Test
  void where_limits_are_shared_is_shown_without_secrets() throws Exception {
    for (String uri : List.of("${REDIS}", "redis://me:${KEY}@127.0.0.1:1?clientName=${KEY}")) {
      Cli ran =
          Spawned.run(
              Map.of("REDIS", "redis://me:s3cr3t@127.0.0.1:1", "KEY", "s3cr3t k3y/ä"),
              "",
              "fetch",
              "--queue=q",
              "--shared",
              uri);

      assertThat(ran.messages())
          .contains("cannot connect to Redis at redis://127.0.0.1:1:")
          .doesNotContain("s3cr3t");
    }
  }

  @Test
  void a_standard_input_that_is_closed_is_told_and_nothing_is_queued() throws Exception {
    for (String closed : List.of("<&-", "0>/dev/null")) {
      Cli ran =
          Spawned.redirected(
              closed, "enqueue", "--shared", "redis://127.0.0.1:1", "--queue", "q", "-");

      assertThat(ran.messages())
          .startsWith("headway: standard input is closed")
          .doesNotContain("\tat ");
      assertThat(ran.status()).isEqualTo(2);
      assertThat(ran.out()).isEmpty();
    }
  }
}
