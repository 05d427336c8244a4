package dev.headway.cli.practice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(30)
final class PracticeServerTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final HttpClient client = HttpClient.newHttpClient();
  private final AtomicLong now = new AtomicLong();

  @AfterEach
  void closeClient() {
    client.shutdownNow();
    client.close();
  }

  @Test
  void of_six_requests_at_once_five_are_accepted_and_one_is_refused() throws Exception {
    try (PracticeServer server = start(ServerOptions.ON_ANY_PORT.withQuota(5, SECOND))) {
      List<CompletableFuture<HttpResponse<String>>> inFlight =
          Stream.generate(() -> client.sendAsync(get(server, "/a"), BodyHandlers.ofString()))
              .limit(6)
              .toList();
      List<HttpResponse<String>> responses =
          inFlight.stream().map(CompletableFuture::join).toList();

      assertThat(responses).filteredOn(response -> response.statusCode() == 200).hasSize(5);
      assertThat(responses)
          .filteredOn(response -> response.statusCode() == 429)
          .singleElement()
          .satisfies(refused -> {
            assertThat(field(refused, "Retry-After")).isEqualTo("1");
            assertThat(field(refused, "RateLimit")).isEqualTo("\"default\";r=0;t=1");
            assertThat(json(refused).get("error").asString())
                .isEqualTo("Too many requests: try again in 1 s");
          });
      assertThat(server.stats())
          .isEqualTo(new ServerStats(6, 5, 1, 0, 6, OptionalLong.of(5), 1_000));
    }
  }

  @Test
  void exactly_a_period_later_the_next_is_accepted() throws Exception {
    try (PracticeServer server = start(ServerOptions.ON_ANY_PORT.withQuota(1, SECOND))) {
      assertThat(send(get(server, "/")).statusCode()).isEqualTo(200);
      now.addAndGet(SECOND.toNanos() - 1);
      assertThat(send(get(server, "/")).statusCode()).isEqualTo(429);
      now.addAndGet(1);
      assertThat(send(get(server, "/")).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void an_accepted_request_is_told_what_was_received_and_what_is_left() throws Exception {
    try (PracticeServer server =
        start(ServerOptions.ON_ANY_PORT.withQuota(40, Duration.ofMillis(1_500)))) {
      HttpResponse<String> response =
          send(
              HttpRequest.newBuilder(server.uri().resolve("/things/3?x=1"))
                  .POST(BodyPublishers.ofString("twelve bytes"))
                  .build());

      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(field(response, "Content-Type")).isEqualTo("application/json");
      assertThat(field(response, "RateLimit-Policy")).isEqualTo("\"default\";q=40;w=2");
      assertThat(field(response, "RateLimit")).isEqualTo("\"default\";r=39;t=2");
      assertThat(response.body())
          .isEqualTo("{\"path\":\"/things/3\",\"method\":\"POST\",\"number\":1,\"bodyLength\":12}");
    }
  }

  @Test
  void without_a_quota_the_fields_are_left_out() throws Exception {
    try (PracticeServer server = start(ServerOptions.ON_ANY_PORT.withBusyEvery(2))) {
      HttpResponse<String> accepted = send(get(server, "/"));
      HttpResponse<String> busy = send(get(server, "/"));

      assertThat(accepted.statusCode()).isEqualTo(200);
      assertThat(busy.statusCode()).isEqualTo(429);
      assertThat(field(busy, "Retry-After")).isEqualTo("1");
      for (HttpResponse<String> response : List.of(accepted, busy)) {
        assertThat(response.headers().map()).doesNotContainKeys("ratelimit", "ratelimit-policy");
      }
    }
  }

  @Test
  void the_score_is_served_as_json_and_asking_for_it_is_neither_counted_nor_limited()
      throws Exception {
    try (PracticeServer server =
        start(ServerOptions.ON_ANY_PORT.withQuota(1, SECOND).withBusyEvery(2))) {
      send(get(server, "/"));
      for (int i = 0; i < 3; i++) {
        assertThat(send(get(server, "/stats")).body())
            .isEqualTo(
                "{\"requests\":1,\"accepted\":1,\"rejected\":0,\"dropped\":0,"
                    + "\"fullestWindow\":1,\"limit\":1,\"periodMs\":1000}");
      }
    }
  }

  @Test
  void the_limit_in_the_score_is_null_when_there_is_none() throws Exception {
    try (PracticeServer server = start(ServerOptions.ON_ANY_PORT)) {
      JsonNode stats = json(send(get(server, "/stats")));

      assertThat(stats.get("limit").isNull()).isTrue();
      assertThat(stats.get("periodMs").asLong()).isEqualTo(1_000);
    }
  }

  @Test
  void a_dropped_request_gets_no_answer_and_the_next_one_does() throws Exception {
    try (PracticeServer server = start(ServerOptions.ON_ANY_PORT.withDropEvery(2))) {
      // A GET would hide the drop: the JDK's client repeats it by itself.
      HttpRequest post = post(server);

      assertThat(send(post).statusCode()).isEqualTo(200);
      assertThatIOException().isThrownBy(() -> send(post));
      assertThat(send(post).statusCode()).isEqualTo(200);
      assertThat(server.stats().dropped()).isEqualTo(1);
    }
  }

  @Test
  void a_connection_stays_usable_after_a_large_body_a_refusal_and_a_head_request()
      throws Exception {
    try (PracticeServer server = start(ServerOptions.ON_ANY_PORT.withQuota(2, SECOND));
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.uri().getPort())) {
      InputStream in = socket.getInputStream();
      String largeBody = "x".repeat(1_000_000);

      write(socket, "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + largeBody);
      assertThat(readHead(in)).startsWith("HTTP/1.1 200 ");
      assertThat(readJson(in)).endsWith("\"bodyLength\":1000000}");

      write(socket, "HEAD /b HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(readHead(in))
          .startsWith("HTTP/1.1 200 ")
          .containsIgnoringCase("RateLimit: ")
          .containsPattern("(?i)content-length: [1-9]");

      write(socket, "POST /c HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + largeBody);
      assertThat(readHead(in)).startsWith("HTTP/1.1 429 ");
      assertThat(readJson(in)).contains("Too many requests");

      write(socket, "GET /stats HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(readHead(in)).startsWith("HTTP/1.1 200 ");
      assertThat(readJson(in)).contains("\"requests\":3");
    }
  }

  @Test
  void answers_take_the_latency() throws Exception {
    Duration latency = Duration.ofMillis(150);
    try (PracticeServer server = start(ServerOptions.ON_ANY_PORT.withLatency(latency))) {
      long before = System.nanoTime();
      send(get(server, "/"));

      assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(latency);
    }
  }

  @Test
  void a_request_counts_from_when_it_arrives_and_closing_does_not_wait_for_its_answer()
      throws Exception {
    PracticeServer server = start(ServerOptions.ON_ANY_PORT.withLatency(Duration.ofDays(1)));
    CompletableFuture<HttpResponse<String>> unanswered;
    try (server) {
      unanswered = client.sendAsync(post(server), BodyHandlers.ofString());
      while (server.stats().accepted() == 0) {
        Thread.onSpinWait();
      }
    }

    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> unanswered.get(10, TimeUnit.SECONDS))
        .withCauseInstanceOf(IOException.class);
    server.close();
  }

  @Test
  void a_port_that_is_taken_cannot_be_had_again_until_it_is_closed() throws Exception {
    ServerOptions same;
    try (PracticeServer server = start(ServerOptions.ON_ANY_PORT)) {
      same = ServerOptions.ON_ANY_PORT.withPort(server.uri().getPort());
      assertThatExceptionOfType(BindException.class).isThrownBy(() -> start(same));
    }
    start(same).close();
  }

  private PracticeServer start(ServerOptions options) throws IOException {
    return PracticeServer.start(options, now::get);
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return client.send(request, BodyHandlers.ofString());
  }

  private static HttpRequest get(PracticeServer server, String path) {
    URI uri = server.uri().resolve(path);
    return HttpRequest.newBuilder(uri).build();
  }

  private static HttpRequest post(PracticeServer server) {
    return HttpRequest.newBuilder(server.uri()).POST(BodyPublishers.noBody()).build();
  }

  private static String field(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  private static JsonNode json(HttpResponse<String> response) {
    return JsonMapper.shared().readTree(response.body());
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String readHead(InputStream in) throws IOException {
    return readThrough(in, "\r\n\r\n");
  }

  private static String readJson(InputStream in) throws IOException {
    return readThrough(in, "}");
  }

  /**
   * Reads no further than the end mark, so that whatever comes after it is left for the next to
   * find.
   */
  private static String readThrough(InputStream in, String end) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.indexOf(end) < 0) {
      int next = in.read();
      assertThat(next).as("byte after " + text).isNotNegative();
      text.append((char) next);
    }
    return text.toString();
  }
}
