package dev.headway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.http.ResponseMeaning.Final;
import dev.headway.http.ResponseMeaning.Retryable;
import dev.headway.http.ResponseMeaning.SlowDown;
import dev.headway.http.ResponseMeaning.StopRun;
import dev.headway.http.TestServer.Answer;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpTimeoutException;
import java.security.cert.CertificateExpiredException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of what responses mean. */
class ResponsePolicyTest extends InVirtualTime {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private static final String INSUFFICIENT =
      "{\"error\":{\"message\":\"You exceeded your current quota, please check your plan and"
          + " billing details.\",\"type\":\"insufficient_quota\",\"param\":null,"
          + "\"code\":\"insufficient_quota\"}}";

  private static final String SECONDARY =
      "{\"message\":\"You have exceeded a secondary rate limit. Please wait a few minutes.\"}";

  private static ResponseMeaning meaning(int status, String body, String... fields) {
    HttpHeaders headers = Fields.of(fields);
    return ResponsePolicy.standard()
        .meaningOf(new ErrorResponse(status, headers, body, RateLimitHeaders.of(headers, NOW)));
  }

  @ParameterizedTest
  @ValueSource(ints = {420, 429, 509, 529})
  void tooManyRequestsAndItsNamesakesSlowDown(int status) {
    assertThat(meaning(status, "")).isEqualTo(SlowDown.AS_ASKED);
  }

  @ParameterizedTest
  @CsvSource({
    "503, Retry-After, 5",
    "503, Retry-After, 0",
    "503, retry-after-ms, 5",
    "403, Retry-After, 5",
    "403, X-RateLimit-Retry-After, 5",
    "403, RateLimit, '\"a\";r=0;t=30'",
    "403, RateLimit, 'limit=5, remaining=0, reset=30'",
    "403, X-Shopify-Shop-Api-Call-Limit, 40/40",
  })
  void a503AndA403ThatAskToWaitSlowDown(int status, String field, String value) {
    assertThat(meaning(status, "", field, value)).isEqualTo(SlowDown.AS_ASKED);
  }

  @Test
  void a403OfAUsedUpLimitSlowsDown() {
    assertThat(
            meaning(
                403,
                "{\"message\":\"API rate limit exceeded for 127.0.0.1.\"}",
                "x-ratelimit-limit",
                "60",
                "x-ratelimit-remaining",
                "0",
                "x-ratelimit-reset",
                "1772366430"))
        .isEqualTo(SlowDown.AS_ASKED);
    assertThat(
            meaning(
                403,
                "",
                "x-ratelimit-limit",
                "0",
                "x-ratelimit-remaining",
                "0",
                "x-ratelimit-reset",
                "1772366430"))
        .isEqualTo(Final.RESPONSE);
  }

  @ParameterizedTest
  @ValueSource(ints = {403, 429})
  void aSecondaryRateLimitWithoutATimeSlowsDownForAMinute(int status) {
    assertThat(meaning(status, SECONDARY)).isEqualTo(new SlowDown(Duration.ofSeconds(60)));
    assertThat(meaning(status, SECONDARY.toUpperCase(java.util.Locale.ROOT)))
        .isEqualTo(new SlowDown(Duration.ofSeconds(60)));
    assertThat(meaning(status, SECONDARY, "Retry-After", "2")).isEqualTo(SlowDown.AS_ASKED);
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524, 530})
  void failuresThatMayPassAreRetryableIfIdempotent(int status) {
    assertThat(meaning(status, "", "RateLimit-Reset", "9")).isEqualTo(Retryable.IF_IDEMPOTENT);
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 301, 304, 400, 401, 403, 404, 407, 409, 451, 501, 505, 525, 526, 999})
  void theRestIsFinal(int status) {
    assertThat(meaning(status, "secondary", "RateLimit-Reset", "9")).isEqualTo(Final.RESPONSE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "429 | {\"error\":{\"code\": \"insufficient_quota\"}}",
        "429 | {\"error\":{\"type\":\"insufficient_quota\",\"code\":null}}",
        "429 | {\"error\":{\"code\":\"billing_not_active\"}}",
        "400 | {\"error\":{\"code\" : \"billing_hard_limit_reached\"}}",
        "402 | {\"type\":\"error\",\"error\":{\"type\":\"billing_error\",\"message\":\"x\"}}",
        "403 | {\"error\":{\"type\":\"billing_error\"}}",
      })
  void anUnpaidBillStopsTheRunWhateverTheStatus(int status, String body) {
    assertThat(meaning(status, body, "Retry-After", "5")).isInstanceOf(StopRun.class);
  }

  @Test
  void theReasonToStopHasTheServersMessage() {
    assertThat(meaning(429, INSUFFICIENT))
        .isEqualTo(
            new StopRun(
                "insufficient_quota: You exceeded your current quota, please check your plan and"
                    + " billing details."));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"error\":{\"code\":\"rate_limit_exceeded\",\"message\":\"not insufficient_quota\"}}",
        "insufficient_quota",
        "{\"insufficient_quota\":\"code\"}",
        "{\"code\":\"insufficient_quotas\"}",
        "{\"code\":\"rebilling_x\"}",
      })
  void anotherMentionOfAQuotaIsARefusal(String body) {
    assertThat(meaning(429, body)).isEqualTo(SlowDown.AS_ASKED);
  }

  static Stream<IOException> lost() {
    return Stream.of(
        new IOException("HTTP/1.1 header parser received no bytes"),
        new EOFException("EOF reached while reading"),
        new SocketException("Connection reset"),
        new SSLException("Connection reset", new SocketException("Connection reset")),
        new SSLHandshakeException("Remote host terminated the handshake") {
          @Override
          public synchronized Throwable getCause() {
            return new EOFException("SSL peer shut down incorrectly");
          }
        },
        new HttpTimeoutException("request timed out"));
  }

  @ParameterizedTest
  @MethodSource("lost")
  void aConnectionThatIsLostIsRetryableIfIdempotent(IOException failure) {
    assertThat(ResponsePolicy.standard().meaningOf(failure)).isEqualTo(Retryable.IF_IDEMPOTENT);
  }

  @Test
  void whatWasNotSentIsRetryableForAnyMethod() {
    assertThat(ResponsePolicy.standard().meaningOf(new ConnectException("refused")))
        .isEqualTo(Retryable.ANY_METHOD);
    assertThat(ResponsePolicy.standard().meaningOf(new HttpConnectTimeoutException("slow")))
        .isEqualTo(Retryable.ANY_METHOD);
  }

  static Stream<IOException> tls() {
    return Stream.of(
        new SSLHandshakeException("PKIX path building failed"),
        new IOException(new SSLHandshakeException("No subject alternative names matching")),
        new SSLException("Received fatal alert: certificate_required"),
        new SSLPeerUnverifiedException("peer not authenticated"),
        new IOException(new CertificateExpiredException("NotAfter: yesterday")));
  }

  @ParameterizedTest
  @MethodSource("tls")
  void certificateErrorsAndTlsAlertsAreFinal(IOException failure) {
    assertThat(ResponsePolicy.standard().meaningOf(failure)).isEqualTo(Final.RESPONSE);
  }

  @Test
  void aQuotaThatIsUsedUpForEverIsReturnedAtOnceWithItsReason() throws Exception {
    try (TestServer server = new TestServer((request, count) -> new Answer(429, INSUFFICIENT));
        LimitedHttpClient client = client().build()) {
      Exchange<String> exchange = exchange(client, server.get("/"));

      assertThat(exchange.stop())
          .hasValueSatisfying(
              why -> assertThat(why).startsWith("insufficient_quota: You exceeded"));
      assertThat(exchange.response().body()).isEqualTo(INSUFFICIENT);
      assertThat(exchange.refused()).isFalse();
      assertThat(server.requests()).hasSize(1);
      assertThat(time.elapsed()).isZero();
    }
  }

  @Test
  void aSecondaryRateLimitPausesForAMinuteAndAnotherRightAfterIsFinal() throws Exception {
    try (TestServer server =
            new TestServer((request, count) ->
                count == 2 ? new Answer(200, "yes") : new Answer(403, SECONDARY));
        LimitedHttpClient client = client().build()) {
      assertThat(exchange(client, server.post("/", "it")).response().body()).isEqualTo("yes");
      assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(60));

      Exchange<String> twice = exchange(client, server.post("/", "it"));
      assertThat(twice.response().statusCode()).isEqualTo(403);
      assertThat(twice.response().body()).isEqualTo(SECONDARY);
      assertThat(time.elapsed()).isEqualTo(Duration.ofMinutes(2));
    }
  }

  @Test
  void anIdempotencyKeyMakesAPostRetryable() throws Exception {
    try (TestServer server = TestServer.first(500, 503);
        LimitedHttpClient client = client().build()) {
      HttpRequest request =
          HttpRequest.newBuilder(server.uri("/"))
              .header("idempotency-key", "1")
              .POST(BodyPublishers.ofString("it"))
              .build();

      assertThat(exchange(client, request).response().statusCode()).isEqualTo(200);
      assertThat(exchange(client, server.post("/", "it")).attempts()).isEqualTo(1);
      assertThat(server.requests()).hasSize(4);
    }
  }

  @Test
  void aPolicyThatReadsSuccessJudgesItToo() throws Exception {
    ResponsePolicy slack =
        new ResponsePolicy() {
          @Override
          public boolean readsSuccess() {
            return true;
          }

          @Override
          public ResponseMeaning meaningOf(ErrorResponse response) {
            return response.body().contains("ratelimited") ? SlowDown.AS_ASKED : Final.RESPONSE;
          }
        };
    try (TestServer server =
            new TestServer((request, count) ->
                count == 1
                    ? new Answer(200, "{\"error\": \"ratelimited\"}", "Retry-After", "7")
                    : new Answer(200, "done"));
        LimitedHttpClient client = client().responsePolicy(slack).build()) {
      Exchange<String> exchange = exchange(client, server.post("/", "it"));

      assertThat(exchange.response().body()).isEqualTo("done");
      assertThat(exchange.attempts()).isEqualTo(2);
      assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(7));
    }
  }

  @Test
  void aPolicyOfOnesOwnDecidesWithTheBodyAndTheFields() throws Exception {
    List<ErrorResponse> seen = new ArrayList<>();
    ResponsePolicy standard = ResponsePolicy.standard();
    ResponsePolicy own =
        response -> {
          seen.add(response);
          return switch (response.body()) {
            case "slow" -> new SlowDown(Duration.ofSeconds(7));
            case "again" -> Retryable.ANY_METHOD;
            case "stop" -> new StopRun("of the test");
            default -> standard.meaningOf(response);
          };
        };
    try (TestServer server =
            new TestServer((request, count) ->
                switch (count) {
                  case 1 -> new Answer(418, "slow", "X-Field", "value");
                  case 2 -> new Answer(409, "again");
                  case 3 -> new Answer(404, "stop");
                  default -> new Answer(200, "slow");
                });
        LimitedHttpClient client = client().responsePolicy(own).build()) {
      Exchange<String> exchange = exchange(client, server.post("/", "it"));

      assertThat(exchange.response().statusCode()).isEqualTo(404);
      assertThat(exchange.attempts()).isEqualTo(3);
      assertThat(exchange.stop()).contains("of the test");
      assertThat(exchange(client, server.post("/", "it")).response().body()).isEqualTo("slow");
      assertThat(time.elapsed()).isGreaterThanOrEqualTo(Duration.ofSeconds(12));
    }
    assertThat(seen).extracting(ErrorResponse::status).containsExactly(418, 409, 404);
    assertThat(seen.getFirst().headers().firstValue("X-Field")).contains("value");
  }

  @Test
  void aPolicyThatThrowsFailsItsRequestAlone() throws Exception {
    try (TestServer server = TestServer.first(500);
        LimitedHttpClient client =
            client()
                .responsePolicy(response -> {
                  throw new IllegalStateException("of the test");
                })
                .build()) {
      org.assertj.core.api.Assertions.assertThatThrownBy(() -> send(client, server.get("/")))
          .hasStackTraceContaining("of the test");
      assertThat(send(client, server.get("/")).statusCode()).isEqualTo(200);
      assertThat(server.requests()).hasSize(2);
    }
  }
}
