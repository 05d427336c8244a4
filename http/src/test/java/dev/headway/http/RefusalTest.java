package dev.headway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.Retry;
import dev.headway.http.TestServer.Answer;
import dev.headway.http.TestServer.Request;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A host that refuses a request is left alone, and the request goes first then. */
class RefusalTest extends InVirtualTime {

  private static TestServer refusing(int times, int status, String... fields) {
    return new TestServer((request, count) ->
        count <= times ? new Answer(status, "no", fields) : new Answer(200, "yes"));
  }

  @ParameterizedTest
  @CsvSource({
    "429, Retry-After, 30, 30",
    "503, Retry-After, 30, 30",
    "429, RateLimit, '\"a\";r=0;t=30', 30",
    "429, X-RateLimit-Remaining, 0, 1",
    "429, Retry-After, 100000, 3600",
    "429, Retry-After, 0, 0",
  })
  void aHostThatRefusesIsLeftAloneForAsLongAsItAsks(
      int status, String field, String value, long seconds) throws Exception {
    try (TestServer server = refusing(1, status, field, value);
        LimitedHttpClient client = client().retry(Retry.never()).build()) {
      Exchange<String> exchange = exchange(client, server.post("/", "it"));

      assertThat(exchange.response().body()).isEqualTo("yes");
      assertThat(exchange.attempts()).isEqualTo(2);
      assertThat(exchange.waited()).isEqualTo(Duration.ofSeconds(seconds));
      assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(seconds));
      assertThat(server.requests()).extracting(Request::body).containsExactly("it", "it");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "5/m, PT1H, PT1M",
    "5/m, PT10S, PT10S",
    "5000/d, PT1H, PT1H",
    "5/10ms, PT1H, PT0.01S"
  })
  void aHostThatDoesNotSayIsLeftAloneForOnePeriodButNotForLongerThanMayBe(
      String rate, Duration longest, Duration pause) throws Exception {
    try (TestServer server = refusing(1, 429);
        LimitedHttpClient client =
            client(rules().rate(rate).build()).longestPause(longest).build()) {
      assertThat(exchange(client, server.get("/")).waited()).isEqualTo(pause);
    }
  }

  @Test
  void aDateIsHeededToo() throws Exception {
    try (TestServer server = refusing(1, 429, "Retry-After", "Fri, 31 Dec 2100 23:59:59 GMT");
        LimitedHttpClient client = client().longestPause(Duration.ofMinutes(1)).build()) {
      assertThat(exchange(client, server.get("/")).waited()).isEqualTo(Duration.ofMinutes(1));
    }
  }

  @Test
  void aRefusalIsHeededEvenWhereNothingElseIs() throws Exception {
    try (TestServer server = refusing(1, 429, "Retry-After", "5");
        LimitedHttpClient client = client().heedServers(false).build()) {
      assertThat(exchange(client, server.get("/")).waited()).isEqualTo(Duration.ofSeconds(5));
    }
  }

  @Test
  void theRefusedRequestGoesFirstAndOnlyItsHostWaits() throws Exception {
    List<String> came = Collections.synchronizedList(new ArrayList<>());
    try (TestServer refusing =
            new TestServer((request, count) -> {
              came.add(request.target() + " at " + time.elapsed().toSeconds());
              return count == 1
                  ? new Answer(429, "no", "Retry-After", "30")
                  : new Answer(200, "yes");
            });
        TestServer other = TestServer.of(200);
        LimitedHttpClient client =
            client().perHost((host, limits) -> limits.concurrency(1)).build()) {
      time.run(() -> {
        List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
        all.add(began(() -> client.send(refusing.get("/first"), BodyHandlers.ofString())));
        time.sleep(Duration.ofSeconds(1));
        for (String path : List.of("/second", "/third")) {
          all.add(began(() -> client.send(refusing.get(path), BodyHandlers.ofString())));
          time.sleep(Duration.ofSeconds(1));
        }
        client.send(other.get("/"), BodyHandlers.ofString());
        assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(3));
        all.forEach(each -> assertThat(time.await(each).body()).isEqualTo("yes"));
        return true;
      });
    }

    assertThat(came)
        .containsExactly("/first at 0", "/first at 30", "/second at 30", "/third at 30");
  }

  @Test
  void aRefusalIsNoFailureOfTheRequest() throws Exception {
    try (TestServer server = TestServer.first(429, 500, 429, 500, 429, 200);
        LimitedHttpClient client = client().build()) {
      Exchange<String> exchange = exchange(client, server.get("/"));

      assertThat(exchange.response().statusCode()).isEqualTo(200);
      assertThat(exchange.attempts()).isEqualTo(6);
    }
  }

  @Test
  void theLastRefusalIsReturnedWhereThereAreTooMany() throws Exception {
    try (TestServer server = refusing(100, 429, "Retry-After", "2");
        LimitedHttpClient client = client().retry(Retry.upTo(5).throttledUpTo(3)).build()) {
      Exchange<String> exchange = exchange(client, server.get("/"));

      assertThat(exchange.response().statusCode()).isEqualTo(429);
      assertThat(exchange.attempts()).isEqualTo(4);
      assertThat(exchange.waited()).isEqualTo(Duration.ofSeconds(6));
    }
  }

  @Test
  void aRefusalIsHeededInRealTimeToo() throws Exception {
    try (TestServer server = refusing(1, 429, "Retry-After", "1");
        LimitedHttpClient client = LimitedHttpClient.builder().build()) {
      long began = System.nanoTime();
      HttpResponse<String> response = client.send(server.get("/"), BodyHandlers.ofString());

      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(5));
    }
  }
}
