package dev.headway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headway.http.TestServer.Answer;
import dev.headway.limit.Cost;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import java.io.IOException;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A request's time-out covers waiting, retries and the pauses that servers ask for. */
class TimeoutTest extends InVirtualTime {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private static HttpRequest request(TestServer server) {
    return HttpRequest.newBuilder(server.uri("/")).timeout(TIMEOUT).build();
  }

  private void assertTimesOut(LimitedHttpClient client, HttpRequest request) {
    assertThatThrownBy(() -> send(client, request))
        .isInstanceOf(HttpTimeoutException.class)
        .hasMessageContaining("timeoutPerAttempt()")
        .hasMessageContaining("20 s");
    assertThat(time.elapsed()).isLessThanOrEqualTo(TIMEOUT);
  }

  @ParameterizedTest
  @CsvSource({
    "429, Retry-After, 21",
    "503, Retry-After, 86400",
    "403, Retry-After, 21",
    "429, RateLimit, '\"a\";r=0;t=21'",
  })
  void aPauseThatTheServerAsksForIsCovered(int status, String field, String value)
      throws Exception {
    try (TestServer server = TestServer.of(status, field, value);
        LimitedHttpClient client = client().build()) {
      assertTimesOut(client, request(server));
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void refusalsWithoutAHintAreCovered() throws Exception {
    try (TestServer server = TestServer.of(429);
        LimitedHttpClient client = client().build()) {
      assertTimesOut(client, request(server));
      assertThat(server.requests()).hasSizeBetween(4, 5);
    }
  }

  @Test
  void waitingForALimitIsCoveredAndNothingIsSentLater() throws Exception {
    Throttle throttle = rules().rate("1/h").build();
    try (TestServer server = TestServer.of(200);
        LimitedHttpClient client = client(throttle).build()) {
      send(client, server.get("/"));
      assertTimesOut(client, request(server));
      assertThat(time.elapsed()).isZero();
      time.run(() -> {
        time.sleep(Duration.ofHours(2));
        return true;
      });

      assertThat(server.requests()).hasSize(1);
      assertThat(throttle.snapshot().waiting()).isZero();
      assertThat(throttle.snapshot().available()).isEqualTo(1);
    }
  }

  @Test
  void aRequestThatIsKnownToStartTooLateFailsAtOnceAndSaysWhen() throws Exception {
    Throttle throttle = rules().rate("1/h").build();
    try (TestServer server = TestServer.of(200);
        LimitedHttpClient client = client(throttle).build()) {
      send(client, server.get("/"));
      assertThatThrownBy(() -> send(client, request(server)))
          .isInstanceOf(HttpTimeoutException.class)
          .hasMessageContaining("start in 1 h at the earliest")
          .hasMessageContaining("waited 0 s");
      time.run(() -> {
        time.sleep(Duration.ofSeconds(3_590));
        return true;
      });

      assertThat(send(client, request(server)).statusCode()).isEqualTo(200);
      assertThat(time.elapsed()).isEqualTo(Duration.ofHours(1));
    }
  }

  @Test
  void whereItIsNotKnownWhenItStartsItWaitsForItsTimeAndLeavesTheQueue() throws Exception {
    Throttle throttle = rules().concurrency(1).build();
    try (TestServer server = TestServer.of(200);
        LimitedHttpClient client = client(throttle).build();
        Permit held = throttle.tryAcquire().orElseThrow()) {
      assertTimesOut(client, request(server));
      assertThat(time.elapsed()).isEqualTo(TIMEOUT);
      assertThat(throttle.snapshot().waiting()).isZero();
      assertThat(held.cost()).isEqualTo(Cost.one());
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void whileAFewProbeAHostTheOthersDoNotFailAtOnce() throws Exception {
    CountDownLatch all = new CountDownLatch(8);
    CountDownLatch probes = new CountDownLatch(3);
    try (TestServer server =
            new TestServer((request, count) -> {
              CountDownLatch together = count <= 8 ? all : probes;
              together.countDown();
              together.await();
              return new Answer(count <= 8 ? 429 : 200, "", "Retry-After", "3");
            });
        LimitedHttpClient client = client().build()) {
      assertThat(sendAll(client, Collections.nCopies(8, request(server))))
          .extracting(HttpResponse::statusCode)
          .containsOnly(200);
    }
  }

  @Test
  void aQuotaThatIsUsedUpIsCovered() throws Exception {
    try (TestServer server = TestServer.of(200, "RateLimit", "\"a\";r=0;t=60");
        LimitedHttpClient client = client().build()) {
      send(client, server.get("/"));
      assertTimesOut(client, request(server));
    }
  }

  @Test
  void aRetryThatWouldBeTooLateIsNotMadeAndTheResponseIsReturned() throws Exception {
    try (TestServer server = TestServer.of(500, "Retry-After", "60");
        LimitedHttpClient client = client().build()) {
      assertThat(send(client, request(server)).statusCode()).isEqualTo(500);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void redirectsAreCovered() throws Exception {
    try (TestServer server =
            new TestServer((request, count) ->
                new Answer(302, "", "Location", "/" + count, "Retry-After", "12"));
        LimitedHttpClient client = client().followRedirects(Redirect.NORMAL).build()) {
      assertTimesOut(client, request(server));
      assertThat(server.requests()).hasSize(2);
    }
  }

  @Test
  void retryAfterCountsOnARedirectThatIsFollowed() throws Exception {
    try (TestServer server =
            new TestServer((request, count) ->
                count == 1
                    ? new Answer(303, "", "Location", "/there", "Retry-After", "12")
                    : new Answer(200, "there"));
        LimitedHttpClient client = client().followRedirects(Redirect.NORMAL).build()) {
      Exchange<String> exchange = exchange(client, request(server));

      assertThat(exchange.response().body()).isEqualTo("there");
      assertThat(exchange.waited()).isEqualTo(Duration.ofSeconds(12));
    }
  }

  @Test
  void eachAttemptGetsWhatIsLeftOfIt() throws Exception {
    try (TestServer server = TestServer.first(503);
        LimitedHttpClient client = client().build()) {
      HttpResponse<String> response = send(client, request(server));

      assertThat(response.request().timeout())
          .hasValueSatisfying(left -> assertThat(left).isEqualTo(TIMEOUT.minus(time.elapsed())));
    }
  }

  @Test
  void aServerThatDoesNotAnswerTimesOutOnceAndIsNotAskedAgain() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (TestServer server =
            new TestServer((request, count) -> {
              over.await();
              return new Answer(200, "");
            });
        LimitedHttpClient client = client().build()) {
      HttpRequest request =
          HttpRequest.newBuilder(server.uri("/")).timeout(Duration.ofMillis(200)).build();
      assertThatThrownBy(() -> send(client, request))
          .isInstanceOf(HttpTimeoutException.class)
          .hasMessageContaining("timeoutPerAttempt()");
      assertThat(server.requests()).hasSize(1);
      over.countDown();
    }
  }

  @Test
  void perAttemptItCoversNoWaitAndATimedOutAttemptIsRetried() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (TestServer server =
            new TestServer((request, count) -> {
              if (count == 1) {
                return new Answer(429, "", "Retry-After", "3600");
              }
              if (count == 2) {
                over.await();
              }
              return new Answer(200, "");
            });
        LimitedHttpClient client = client().timeoutPerAttempt().build()) {
      HttpRequest request =
          HttpRequest.newBuilder(server.uri("/")).timeout(Duration.ofMillis(300)).build();
      assertThat(send(client, request).statusCode()).isEqualTo(200);
      assertThat(server.requests()).hasSize(3);
      assertThat(time.elapsed()).isGreaterThan(Duration.ofHours(1));
      over.countDown();
    }
  }

  @Test
  void anExchangeIsCoveredToo() throws Exception {
    try (TestServer server = TestServer.of(429, "Retry-After", "21");
        LimitedHttpClient client = client().build()) {
      assertThatThrownBy(() -> exchange(client, request(server)))
          .isInstanceOf(ExchangeFailedException.class)
          .hasCauseInstanceOf(HttpTimeoutException.class);
      assertThatThrownBy(() ->
              time.run(
                  () -> time.await(client.sendAsync(request(server), BodyHandlers.discarding()))))
          .isInstanceOf(HttpTimeoutException.class);
    }
  }

  @Test
  void itHoldsInRealTimeToo() throws Exception {
    try (TestServer server = TestServer.of(429, "Retry-After", "600");
        LimitedHttpClient client = LimitedHttpClient.builder().build()) {
      HttpRequest request =
          HttpRequest.newBuilder(server.uri("/")).timeout(Duration.ofMillis(500)).build();
      assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString()))
          .isInstanceOf(HttpTimeoutException.class);
      assertThat(server.requests()).hasSize(1);
    }
  }

  static Stream<BiConsumer<CompletableFuture<?>, TestServer>> completions() {
    return Stream.of(
        (future, server) -> future.cancel(true),
        (future, server) -> future.cancel(false),
        (future, server) -> future.complete(null),
        (future, server) -> future.completeExceptionally(new IOException("of the test")),
        (future, server) -> future.orTimeout(1, TimeUnit.NANOSECONDS),
        (future, server) -> future.completeOnTimeout(null, 1, TimeUnit.NANOSECONDS),
        (future, server) -> future.obtrudeValue(null));
  }

  @ParameterizedTest
  @MethodSource("completions")
  void aFutureThatIsCompletedInAnyWayGivesUpItsPlace(
      BiConsumer<CompletableFuture<?>, TestServer> completion) throws Exception {
    Throttle throttle = rules().rate("1/h").build();
    try (TestServer server = TestServer.of(200);
        LimitedHttpClient client = client(throttle).build()) {
      time.run(() -> {
        client.exchange(server.get("/"), BodyHandlers.discarding(), Cost.one());
        CompletableFuture<?> future = client.sendAsync(server.get("/"), BodyHandlers.discarding());
        time.sleep(Duration.ofSeconds(1));
        assertThat(throttle.snapshot().waiting()).isEqualTo(1);
        completion.accept(future, server);
        while (throttle.snapshot().waiting() > 0) {
          time.sleep(Duration.ofSeconds(1));
        }
        return true;
      });

      assertThat(time.elapsed()).isLessThan(Duration.ofMinutes(50));
      assertThat(server.requests()).hasSize(1);
    }
  }
}
