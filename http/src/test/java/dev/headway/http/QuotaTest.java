package dev.headway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.http.TestServer.Answer;
import dev.headway.limit.Cost;
import dev.headway.limit.Counted;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A host is asked for no more than it says is left. */
class QuotaTest extends InVirtualTime {

  /** How long three requests take, one after the other. */
  private Duration three(LimitedHttpClient client, TestServer server) throws Exception {
    for (int i = 0; i < 3; i++) {
      assertThat(send(client, server.get("/")).statusCode()).isEqualTo(200);
    }
    return time.elapsed();
  }

  @ParameterizedTest
  @CsvSource({
    "RateLimit, '\"a\";r=0;t=20'",
    "RateLimit, 'limit=5, remaining=0, reset=20'",
  })
  void whoHasNothingLeftIsAskedAgainWhenItIsReset(String field, String value) throws Exception {
    try (TestServer server = TestServer.of(200, field, value);
        LimitedHttpClient client = client().build()) {
      assertThat(three(client, server)).isEqualTo(Duration.ofSeconds(40));
    }
  }

  @Test
  void aResetThatIsFarAwayIsNotCutShort() throws Exception {
    try (TestServer server =
            TestServer.of(200, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "999999");
        LimitedHttpClient client = client().build()) {
      assertThat(three(client, server)).isEqualTo(Duration.ofSeconds(2 * 999_999));
    }
  }

  @Test
  void aHugeWordIsNoError() throws Exception {
    try (TestServer server =
            TestServer.of(200, "RateLimit", "\"a\";r=999999999999999999;t=999999999999999999");
        LimitedHttpClient client = client().build()) {
      assertThat(three(client, server)).isZero();
    }
  }

  @Test
  void whoIsNotToHeedDoesNot() throws Exception {
    try (TestServer server = TestServer.of(200, "RateLimit", "\"a\";r=0;t=20");
        LimitedHttpClient client = client().heedServers(false).build()) {
      assertThat(three(client, server)).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "10/s, '\"a\";q=10;w=1', PT0S",
    "10/s, '\"a\";q=100;w=10', PT0S",
    "10/s, '\"a\";q=10;w=1, \"b\";q=600;w=60', PT0S",
    "10/s, '\"a\";q=9;w=1', PT40S",
    "10/s, '\"a\";q=10;w=2', PT40S",
    "10/s, '\"a\";q=10;w=1, \"b\";q=599;w=60', PT40S",
    "10/s, '\"a\";q=10;w=1;qu=\"content-bytes\"', PT0S",
    "10/s, nonsense, PT40S",
  })
  void itsWordIsNotNeededWhereOurLimitsAreWithinItsPolicies(
      String rate, String policy, Duration expected) throws Exception {
    try (TestServer server =
            TestServer.of(200, "RateLimit-Policy", policy, "RateLimit", "\"a\";r=0;t=20");
        LimitedHttpClient perHost = client().perHost(rate).build();
        LimitedHttpClient all = client(rules().rate(rate, Counted.FROM_END).build()).build()) {
      assertThat(three(perHost, server)).isEqualTo(expected);
      assertThat(three(all, server).minus(expected)).isEqualTo(expected);
    }
  }

  @Test
  void anEvenSpacingIsWithinAPolicyToo() throws Exception {
    try (TestServer server =
            TestServer.of(
                200, "RateLimit-Policy", "\"a\";q=10;w=1", "RateLimit", "\"a\";r=0;t=20");
        LimitedHttpClient client = client(rules().spacing("10/s").build()).build()) {
      assertThat(three(client, server)).isEqualTo(Duration.ofMillis(200));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "x-ratelimit-remaining-tokens, x-ratelimit-reset-tokens, 20s",
    "anthropic-ratelimit-tokens-remaining, anthropic-ratelimit-tokens-reset, 20",
  })
  void tokensThatAreUsedUpHoldUpWhatTakesOfTheirBudget(String left, String reset, String value)
      throws Exception {
    try (TestServer server = TestServer.of(200, left, "0", reset, value);
        LimitedHttpClient client =
            client().perHost((host, limits) -> limits.budget("tokens", "100000/m")).build()) {
      assertThat(took(client, server, Cost.of("tokens", 0))).isZero();
      assertThat(took(client, server, Cost.of("tokens", 9))).isEqualTo(Duration.ofSeconds(20));
      assertThat(took(client, server, Cost.one())).isZero();
    }
  }

  @Test
  void noMoreIsTakenOfABudgetThanIsLeft() throws Exception {
    try (TestServer server =
            TestServer.of(
                200, "x-ratelimit-remaining-tokens", "50", "x-ratelimit-reset-tokens", "20s");
        LimitedHttpClient client = client(rules().budget("tokens", "1000/m").build()).build()) {
      assertThat(took(client, server, Cost.of("tokens", 51))).isZero();
      assertThat(took(client, server, Cost.of("tokens", 50))).isZero();
      assertThat(took(client, server, Cost.of("tokens", 51))).isEqualTo(Duration.ofSeconds(20));
    }
  }

  @Test
  void tokensThatAreUsedUpHoldUpTheHostWhereTheyAreNotCounted() throws Exception {
    List<ServerPause> told = new ArrayList<>();
    try (TestServer server =
            TestServer.of(
                200, "x-ratelimit-remaining-tokens", "0", "x-ratelimit-reset-tokens", "20s");
        LimitedHttpClient client = client().onPause(told::add).build()) {
      assertThat(three(client, server)).isEqualTo(Duration.ofSeconds(40));
      assertThat(told).extracting(ServerPause::pause).containsOnly(Duration.ofSeconds(20));
    }
  }

  @Test
  void aRestThatIsTooLittleForAnotherRequestIsToldAsAPause() throws Exception {
    List<ServerPause> told = new ArrayList<>();
    try (TestServer server =
            TestServer.of(
                200, "x-ratelimit-remaining-tokens", "50", "x-ratelimit-reset-tokens", "20s");
        LimitedHttpClient client =
            client(rules().budget("tokens", "1000/m").build()).onPause(told::add).build()) {
      took(client, server, Cost.of("tokens", 50));
      assertThat(told).isEmpty();
      took(client, server, Cost.of("tokens", 51));
      assertThat(told).extracting(ServerPause::pause).containsExactly(Duration.ofSeconds(20));
    }
  }

  @Test
  void whatIsNotCountedInRequestsOrTokensHoldsUpItsBudgetOnly() throws Exception {
    try (TestServer server =
            TestServer.of(
                200,
                "RateLimit-Policy",
                "\"b\";q=1000;w=60;qu=\"content-bytes\"",
                "RateLimit",
                "\"b\";r=0;t=20");
        LimitedHttpClient client =
            client().perHost((host, limits) -> limits.budget("content-bytes", "9/m")).build()) {
      assertThat(three(client, server)).isZero();
      assertThat(took(client, server, Cost.of("content-bytes", 1)))
          .isEqualTo(Duration.ofSeconds(20));
    }
  }

  private Duration took(LimitedHttpClient client, TestServer server, Cost cost) throws Exception {
    Duration before = time.elapsed();
    time.run(() -> client.exchange(server.get("/"), BodyHandlers.discarding(), cost));
    return time.elapsed().minus(before);
  }

  @Test
  void afterAResetNoMoreAreSentAtOnceThanTheLimitIs() throws Exception {
    AtomicInteger underway = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    try (TestServer server =
            new TestServer((request, count) -> {
              if (count > 1) {
                most.accumulateAndGet(underway.incrementAndGet(), Math::max);
                Thread.sleep(20);
                underway.decrementAndGet();
              }
              return count == 1
                  ? new Answer(
                      200,
                      "",
                      "X-RateLimit-Limit",
                      "4",
                      "X-RateLimit-Remaining",
                      "0",
                      "X-RateLimit-Reset",
                      "30")
                  : new Answer(200, "");
            });
        LimitedHttpClient client = client().build()) {
      send(client, server.get("/"));
      List<HttpRequest> requests = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        requests.add(server.get("/" + i));
      }
      sendAll(client, requests);
    }

    assertThat(most).hasValueBetween(2, 4);
  }

  @Test
  void anotherHostIsNotHeldUp() throws Exception {
    try (TestServer poor = TestServer.of(200, "RateLimit", "\"a\";r=0;t=20");
        TestServer rich = TestServer.of(200, "RateLimit", "\"a\";r=1000;t=20");
        LimitedHttpClient client = client().build()) {
      send(client, poor.get("/"));

      assertThat(three(client, rich)).isZero();
    }
  }

  @Test
  void aServerThatIsAskedByManyAtOnceRefusesNobody() throws Exception {
    int quota = 20;
    long windowSeconds = 10;
    long[] window = {-1, 0};
    AtomicInteger refused = new AtomicInteger();
    Random random = new Random(7);
    try (TestServer server =
            new TestServer((request, count) -> {
              long left;
              long pause;
              synchronized (window) {
                long now = time.elapsed().toSeconds() / windowSeconds;
                window[1] = now == window[0] ? window[1] + 1 : 1;
                window[0] = now;
                left = quota - window[1];
                pause = random.nextInt(3);
              }
              // Answers overtake each other.
              Thread.sleep(pause);
              long reset = windowSeconds - time.elapsed().toSeconds() % windowSeconds;
              String word = "\"a\";r=" + Math.max(0, left) + ";t=" + reset;
              refused.addAndGet(left < 0 ? 1 : 0);
              return new Answer(left < 0 ? 429 : 200, "", "RateLimit", word);
            });
        LimitedHttpClient client =
            client().perHost((host, limits) -> limits.concurrency(8)).build()) {
      List<HttpRequest> requests = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        requests.add(server.get("/" + i));
      }
      List<HttpResponse<String>> responses = sendAll(client, requests);

      assertThat(responses).extracting(HttpResponse::statusCode).containsOnly(200);
      assertThat(refused).hasValue(0);
      assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(90));
    }
  }

  @Test
  void noMoreAreUnderWayThanAreLeft() throws Exception {
    AtomicInteger underway = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CompletableFuture<Void> enough = new CompletableFuture<>();
    try (TestServer server =
            new TestServer((request, count) -> {
              if (count > 1 && time.elapsed().isZero()) {
                most.accumulateAndGet(underway.incrementAndGet(), Math::max);
                if (underway.get() == 3) {
                  enough.complete(null);
                }
                enough.join();
              }
              return new Answer(
                  200, "", "RateLimit", "\"a\";r=" + Math.max(0, 4 - count) + ";t=60");
            });
        LimitedHttpClient client = client().build()) {
      send(client, server.get("/"));
      List<HttpRequest> requests = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        requests.add(server.get("/" + i));
      }
      sendAll(client, requests);

      assertThat(most).hasValue(3);
      assertThat(time.elapsed()).isGreaterThanOrEqualTo(Duration.ofSeconds(60));
    }
  }

  @Test
  void aWordOfTheServerIsNoReasonToCountBudgets() throws Exception {
    try (TestServer server = TestServer.of(200, "RateLimit", "\"a\";r=9;t=60");
        LimitedHttpClient client = client().build()) {
      for (int i = 0; i < 3; i++) {
        Exchange<Void> exchange =
            time.run(() ->
                client.exchange(
                    server.get("/"), BodyHandlers.discarding(), Cost.of("tokens", 1_000)));
        assertThat(exchange.response().statusCode()).isEqualTo(200);
      }
    }
  }
}
