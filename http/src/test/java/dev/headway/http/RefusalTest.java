package dev.headway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.headway.Retry;
import dev.headway.http.TestServer.Answer;
import dev.headway.http.TestServer.Request;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
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
    "429, Retry-After, 100000, 100000",
    "429, Retry-After, 86400, 86400",
    "420, Retry-After, 30, 30",
    "509, Retry-After, 30, 30",
    "529, Retry-After, 30, 30",
    "403, Retry-After, 30, 30",
    "403, RateLimit, '\"a\";r=0;t=30', 30",
    "429, Retry-After, 1m0s, 60",
    "429, retry-after-ms, 30000, 30",
    "503, x-ms-retry-after-ms, 30000, 30",
    "429, x-rate-limit-reset, 30, 30",
    "429, Beta-RateLimit, '\"a\";r=0;t=30', 30",
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
    "429, X-RateLimit-Remaining, 0",
    "429, Retry-After, 0",
    "429, Retry-After, 'Sun, 06 Nov 1994 08:49:37 GMT'",
    "429, Retry-After, soon",
    "420, X, y",
    "509, X, y",
    "529, X, y",
    "503, Retry-After, 0",
  })
  void aHostThatDoesNotSayForHowLongIsLeftAloneForASecondWhateverTheLongestPeriod(
      int status, String field, String value) throws Exception {
    try (TestServer server = refusing(1, status, field, value);
        LimitedHttpClient client = client(rules().rate("5000/d").build()).build()) {
      assertThat(exchange(client, server.post("/", "it")).waited())
          .isBetween(Duration.ofSeconds(1), Duration.ofMillis(1_250));
      assertThat(server.requests()).hasSize(2);
    }
  }

  @Test
  void withoutAHintEachPauseIsTwiceTheLastUpToAMinuteUntilARequestIsCarriedOut() throws Exception {
    List<Long> came = new ArrayList<>();
    try (TestServer server =
            new TestServer((request, count) -> {
              came.add(time.elapsed().toMillis());
              return new Answer(count <= 9 || count == 11 ? 429 : 200, "x", "Retry-After", "0");
            });
        LimitedHttpClient client = client().build()) {
      assertThat(exchange(client, server.get("/")).attempts()).isEqualTo(10);
      assertThat(exchange(client, server.get("/")).attempts()).isEqualTo(2);
    }

    long[] least = {1, 2, 4, 8, 16, 32, 48, 48, 48, 0, 1};
    for (int i = 0; i < least.length; i++) {
      assertThat(came.get(i + 1) - came.get(i))
          .as("pause %d", i)
          .isBetween(1_000 * least[i], 1_250 * least[i] + 1);
    }
  }

  @Test
  void aWaitThatWasObeyedAndRefusedThreeTimesInARowGrowsToo() throws Exception {
    List<Long> came = new ArrayList<>();
    try (TestServer server =
            new TestServer((request, count) -> {
              came.add(time.elapsed().toMillis());
              return new Answer(count <= 8 ? 429 : 200, "x", "Retry-After", "3");
            });
        LimitedHttpClient client = client().build()) {
      exchange(client, server.get("/"));
    }

    long[] least = {3, 3, 3, 3, 3, 4, 8, 16};
    for (int i = 0; i < least.length; i++) {
      assertThat(came.get(i + 1) - came.get(i))
          .as("pause %d", i)
          .isBetween(1_000 * least[i], 1_250 * least[i] + 1);
    }
  }

  @Test
  void requestsThatAreRefusedTogetherAreOneEpisodeAndAFewProbeBeforeAllReturn() throws Exception {
    Map<Long, List<String>> came = Collections.synchronizedMap(new TreeMap<>());
    CountDownLatch all = new CountDownLatch(20);
    try (TestServer server =
            new TestServer((request, count) -> {
              long at = time.elapsed().toMillis();
              came.computeIfAbsent(at, t -> new CopyOnWriteArrayList<>()).add(request.target());
              all.countDown();
              all.await();
              return new Answer(at < 2_000 ? 429 : 200, "x");
            });
        LimitedHttpClient client = client().build()) {
      List<HttpRequest> requests = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        requests.add(server.get("/" + i));
      }
      assertThat(sendAll(client, requests)).extracting(HttpResponse::statusCode).containsOnly(200);
    }

    List<Long> times = List.copyOf(came.keySet());
    assertThat(came.get(times.get(0))).hasSize(20);
    assertThat(came.get(times.get(1))).hasSize(3);
    assertThat(times.get(1)).isBetween(1_000L, 1_250L);
    assertThat(times.get(2) - times.get(1)).isBetween(2_000L, 2_500L);
    assertThat(times).hasSize(3);
    assertThat(came.get(times.get(2))).hasSize(20);
  }

  @Test
  void aHostThatRefusesWithoutEndIsGivenUpAfterAWhile() throws Exception {
    try (TestServer server = refusing(Integer.MAX_VALUE, 429, "Retry-After", "0");
        LimitedHttpClient client =
            client().retry(Retry.never()).maxRefused(Duration.ofMinutes(10)).build()) {
      Exchange<String> exchange = exchange(client, server.get("/"));

      assertThat(exchange.refused()).isTrue();
      assertThat(exchange.response().statusCode()).isEqualTo(429);
      assertThat(exchange.response().body()).isEqualTo("no");
      assertThat(time.elapsed()).isBetween(Duration.ofMinutes(10), Duration.ofMinutes(11));
      assertThat(server.requests()).hasSizeLessThan(25);

      assertThat(exchange(client, server.get("/")).refused()).isTrue();
      assertThat(time.elapsed()).isLessThan(Duration.ofMinutes(12));

      time.run(() -> {
        time.sleep(Duration.ofHours(1));
        return true;
      });
      assertThat(exchange(client, server.get("/")).attempts()).isGreaterThan(10);
    }
  }

  @Test
  void waitsThatTheServerAsksForAreNoRefusalWithoutEnd() throws Exception {
    try (TestServer server = refusing(2, 429, "Retry-After", "86400");
        LimitedHttpClient client = client().maxRefused(Duration.ofMinutes(1)).build()) {
      assertThat(exchange(client, server.get("/")).response().statusCode()).isEqualTo(200);
      assertThat(time.elapsed()).isEqualTo(Duration.ofDays(2));
    }
  }

  @Test
  void aPauseThatIsTooLongIsReturnedAtOnceAndNeverCutShort() throws Exception {
    try (TestServer server = refusing(1, 429, "Retry-After", "61");
        LimitedHttpClient client = client().maxPause(Duration.ofMinutes(1)).build()) {
      Exchange<String> exchange = exchange(client, server.get("/"));

      assertThat(exchange.refused()).isTrue();
      assertThat(exchange.response().body()).isEqualTo("no");
      assertThat(time.elapsed()).isZero();
      exchange(client, server.get("/"));
      assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(61));
    }
  }

  @Test
  void anotherForbiddenRightAfterTheWaitIsFinal() throws Exception {
    try (TestServer server = refusing(2, 403, "Retry-After", "30");
        LimitedHttpClient client = client().build()) {
      Exchange<String> exchange = exchange(client, server.get("/"));

      assertThat(exchange.response().statusCode()).isEqualTo(403);
      assertThat(exchange.response().body()).isEqualTo("no");
      assertThat(exchange.attempts()).isEqualTo(2);
      assertThat(exchange.refused()).isFalse();
      assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(30));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "X, y",
    "RateLimit, '\"a\";r=5;t=30'",
    "RateLimit, '\"a\";r=0;t=0'",
    "Retry-After, 0",
    "X-RateLimit-Reset, 30",
  })
  void aForbiddenThatAsksForNothingIsFinal(String field, String value) throws Exception {
    try (TestServer server = refusing(1, 403, field, value);
        LimitedHttpClient client = client().build()) {
      assertThat(exchange(client, server.get("/")).response().statusCode()).isEqualTo(403);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void aForbiddenOfAQuotaOfNothingIsFinal() throws Exception {
    try (TestServer server =
            refusing(
                1,
                403,
                "X-RateLimit-Limit",
                "0",
                "X-RateLimit-Remaining",
                "0",
                "X-RateLimit-Reset",
                "60");
        LimitedHttpClient client = client().build()) {
      assertThat(exchange(client, server.get("/")).response().statusCode()).isEqualTo(403);
      assertThat(time.elapsed()).isZero();
    }
  }

  @Test
  void aDateIsHeededToo() throws Exception {
    Instant then = time.instant().plusSeconds(90).truncatedTo(ChronoUnit.SECONDS);
    String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(then.atOffset(ZoneOffset.UTC));
    try (TestServer server = refusing(1, 429, "Retry-After", date);
        LimitedHttpClient client = client().build()) {
      assertThat(exchange(client, server.get("/")).waited())
          .isBetween(Duration.ofSeconds(80), Duration.ofSeconds(91));
    }
  }

  @Test
  void everyPauseIsToldWithItsLength() throws Exception {
    List<ServerPause> told = Collections.synchronizedList(new ArrayList<>());
    try (TestServer server =
            new TestServer((request, count) ->
                switch (count) {
                  case 1 -> new Answer(429, "", "Retry-After", "30");
                  case 2 -> new Answer(429, "");
                  case 3 -> new Answer(500, "", "Retry-After", "40");
                  case 4 -> new Answer(200, "", "RateLimit", "\"a\";r=0;t=50");
                  default -> new Answer(200, "");
                });
        LimitedHttpClient client = client().onPause(told::add).build()) {
      exchange(client, server.get("/"));

      assertThat(told)
          .extracting(ServerPause::status, ServerPause::asked, ServerPause::refusals)
          .containsExactly(
              tuple(429, true, 1L),
              tuple(429, false, 2L),
              tuple(500, true, 0L),
              tuple(200, true, 0L));
      assertThat(told).extracting(ServerPause::host).containsOnly(server.host());
      assertThat(told)
          .extracting(pause -> pause.pause().toSeconds())
          .containsExactly(30L, 2L, 40L, 50L);
    }
  }

  @Test
  void whatAListenerThrowsHarmsNothing() throws Exception {
    try (TestServer server = refusing(1, 429, "Retry-After", "30");
        LimitedHttpClient client =
            client()
                .onPause(pause -> {
                  throw new IllegalStateException("of the test");
                })
                .build()) {
      assertThat(exchange(client, server.get("/")).response().statusCode()).isEqualTo(200);
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
