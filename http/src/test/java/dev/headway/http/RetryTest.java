package dev.headway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headway.limit.Cost;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be tried again is, and nothing else. */
class RetryTest extends InVirtualTime {

  @ParameterizedTest
  @ValueSource(ints = {408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524, 530})
  void aGetIsTriedAgainAfterAFailureThatMayPass(int status) throws Exception {
    try (TestServer server = TestServer.first(status, status);
        LimitedHttpClient client = client().build()) {
      Exchange<String> exchange = exchange(client, server.get("/"));

      assertThat(exchange.response().statusCode()).isEqualTo(200);
      assertThat(exchange.response().body()).isEqualTo("answer 3");
      assertThat(exchange.attempts()).isEqualTo(3);
      assertThat(exchange.waited()).isEqualTo(time.elapsed());
      assertThat(time.elapsed()).isBetween(Duration.ofSeconds(15), Duration.ofSeconds(30));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 204, 304, 400, 401, 404, 409, 501, 505})
  void whatWillNotPassIsAnAnswer(int status) throws Exception {
    try (TestServer server = new TestServer((request, count) -> new TestServer.Answer(status, ""));
        LimitedHttpClient client = client().build()) {
      Exchange<String> exchange = exchange(client, HttpRequest.newBuilder(server.uri("/")).build());

      assertThat(exchange.response().statusCode()).isEqualTo(status);
      assertThat(exchange.attempts()).isEqualTo(1);
      assertThat(time.elapsed()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
  void whatCanBeRepeatedIsTriedAgain(String method) throws Exception {
    try (TestServer server = TestServer.first(500);
        LimitedHttpClient client = client().build()) {
      HttpRequest request =
          HttpRequest.newBuilder(server.uri("/")).method(method, BodyPublishers.noBody()).build();

      assertThat(send(client, request).statusCode()).isEqualTo(200);
      assertThat(server.requests()).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PATCH"})
  void whatMightBeDoneTwiceIsNotTriedAgain(String method) throws Exception {
    try (TestServer server = TestServer.first(500);
        LimitedHttpClient client = client().build()) {
      HttpRequest request =
          HttpRequest.newBuilder(server.uri("/"))
              .method(method, BodyPublishers.ofString("x"))
              .build();

      assertThat(send(client, request).statusCode()).isEqualTo(500);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void anyMethodIsTriedAgainIfTheCallerSaysSoWithItsWholeBody() throws Exception {
    String body = "0123456789".repeat(10_000);
    try (TestServer server = TestServer.first(500, 503);
        LimitedHttpClient client = client().retryAnyMethod(true).build()) {
      HttpRequest request =
          HttpRequest.newBuilder(server.uri("/"))
              .POST(
                  BodyPublishers.ofInputStream(
                      () -> new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8))))
              .build();

      assertThat(send(client, request).statusCode()).isEqualTo(200);
      assertThat(server.requests()).extracting(TestServer.Request::body).containsOnly(body);
      assertThat(server.requests()).hasSize(3);
    }
  }

  @Test
  void theLastResponseIsReturnedWhenRetriesAreExhausted() throws Exception {
    try (TestServer server = TestServer.first(500, 502, 504, 200);
        LimitedHttpClient client = client().build()) {
      Exchange<String> exchange = exchange(client, server.get("/"));

      assertThat(exchange.response().statusCode()).isEqualTo(504);
      assertThat(exchange.response().body()).isEqualTo("answer 3");
      assertThat(exchange.attempts()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST"})
  void aRefusedConnectionIsTriedAgainWhateverTheMethod(String method) throws Exception {
    Throttle throttle = rules().rate("100/s").build();
    try (LimitedHttpClient client = client(throttle).build()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + closedPort() + "/"))
              .method(method, BodyPublishers.noBody())
              .build();

      assertThatThrownBy(() -> exchange(client, request))
          .isInstanceOfSatisfying(
              ExchangeFailedException.class,
              e -> {
                assertThat(e.attempts()).isEqualTo(3);
                assertThat(e.waited()).isEqualTo(time.elapsed());
                assertThat(e).hasMessageContaining("3 attempts failed: java.net.ConnectException");
              })
          .hasCauseInstanceOf(ConnectException.class);
      assertThatThrownBy(() -> send(client, request)).isInstanceOf(ConnectException.class);
      assertThatThrownBy(() ->
              time.run(() -> time.await(client.sendAsync(request, BodyHandlers.discarding()))))
          .isInstanceOf(ConnectException.class);
      assertThatThrownBy(() ->
              time.run(
                  () -> time.await(client.sendAsync(request, BodyHandlers.discarding(), null))))
          .isInstanceOf(ConnectException.class);
    }
  }

  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Reads one request from each connection, and drops the first so many without an answer. */
  private static final class Dropping implements AutoCloseable {
    final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    final List<String> requests = new CopyOnWriteArrayList<>();

    Dropping(int drops, String partial) throws IOException {
      Thread.ofVirtual()
          .start(() -> {
            try {
              while (true) {
                try (Socket connection = socket.accept()) {
                  byte[] buffer = new byte[8192];
                  int count = connection.getInputStream().read(buffer);
                  if (count > 0) {
                    requests.add(new String(buffer, 0, count, StandardCharsets.UTF_8));
                  }
                  boolean dropped = requests.size() <= drops;
                  String answer =
                      dropped
                          ? partial
                          : "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
                  connection.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
                }
              }
            } catch (IOException closed) {
              // The test is over.
            }
          });
    }

    URI uri() {
      return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/");
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhalf"})
  void aDroppedConnectionIsTriedAgain(String partial) throws Exception {
    Throttle throttle = rules().rate("100/s").build();
    try (Dropping server = new Dropping(2, partial);
        LimitedHttpClient client = client(throttle).build()) {
      Exchange<String> exchange = exchange(client, HttpRequest.newBuilder(server.uri()).build());

      assertThat(exchange.response().body()).isEqualTo("ok");
      assertThat(exchange.attempts()).isEqualTo(3);
      assertThat(server.requests).hasSize(3);
    }
  }

  @Test
  void aDroppedConnectionIsTheEndOfAPost() throws Exception {
    try (Dropping server = new Dropping(9, "");
        LimitedHttpClient client = client().build()) {
      HttpRequest request =
          HttpRequest.newBuilder(server.uri()).POST(BodyPublishers.ofString("x")).build();

      assertThatThrownBy(() -> exchange(client, request))
          .isInstanceOfSatisfying(
              ExchangeFailedException.class, e -> assertThat(e.attempts()).isEqualTo(1));
    }
  }

  @Test
  void aBodyThatCannotBeReadIsNotAskedForAgain() throws Exception {
    try (TestServer server = TestServer.of(200);
        LimitedHttpClient client = client().build()) {
      BodyHandler<String> broken =
          info ->
              BodySubscribers.mapping(
                  BodySubscribers.ofString(StandardCharsets.UTF_8),
                  text -> {
                    throw new IllegalStateException("cannot read " + text);
                  });

      assertThatThrownBy(() -> time.run(() -> client.send(server.get("/"), broken)))
          .hasStackTraceContaining("cannot read body");
      assertThatThrownBy(() ->
              time.run(() ->
                  client.send(
                      server.get("/"),
                      info -> {
                        throw new IllegalStateException("cannot handle");
                      })))
          .hasStackTraceContaining("cannot handle");
      assertThat(server.requests()).hasSize(2);
    }
  }

  @Test
  void retryAfterCountsOnAResponseThatIsRetried() throws Exception {
    try (TestServer server =
            new TestServer((request, count) ->
                new TestServer.Answer(count == 1 ? 502 : 200, "", "Retry-After", "77"));
        LimitedHttpClient client = client().build()) {
      assertThat(send(client, server.get("/")).statusCode()).isEqualTo(200);
      assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(77));
    }
  }

  @Test
  void everyAttemptTakesAPermitAndGivesItBack() throws Exception {
    Grants grants = new Grants();
    Throttle throttle = rules().concurrency(1).listener(grants).build();
    try (TestServer server = TestServer.first(500, 429);
        LimitedHttpClient client = client(throttle).build()) {
      send(client, server.get("/"));

      assertThat(grants.count()).isEqualTo(3);
      assertThat(throttle.snapshot().available()).isEqualTo(1);
      assertThat(server.requests()).hasSize(3);
    }
  }

  @Test
  void eachAttemptCostsWhatTheRequestCosts() throws Exception {
    Throttle throttle = rules().budget("tokens", "100/h").build();
    try (TestServer server = TestServer.first(500, 500);
        LimitedHttpClient client = client(throttle).build()) {
      time.run(
          () -> client.exchange(server.get("/"), BodyHandlers.discarding(), Cost.of("tokens", 40)));

      assertThat(time.elapsed()).isEqualTo(Duration.ofHours(1));
    }
  }

  @Test
  void eachAttemptIsSettledByWhatItsResponseSays() throws Exception {
    Throttle throttle = rules().budget("tokens", "100/h").build();
    List<Integer> seen = new ArrayList<>();
    try (TestServer server = TestServer.first(500, 500);
        LimitedHttpClient client = client(throttle).build()) {
      time.run(() ->
          client.exchange(
              server.get("/"),
              BodyHandlers.discarding(),
              Cost.of("tokens", 40),
              response -> {
                seen.add(response.statusCode());
                Permit.current().settle("tokens", 10);
              }));

      assertThat(seen).containsExactly(500, 500, 200);
      assertThat(time.elapsed()).isLessThan(Duration.ofMinutes(1));
    }
  }

  @Test
  void theCallerIsToldOfEachAttemptJustBeforeItIsSent() throws Exception {
    List<Integer> arrived = new ArrayList<>();
    try (TestServer server = TestServer.first(500, 429);
        LimitedHttpClient client = client().build()) {
      time.run(() ->
          client.exchange(
              server.get("/"),
              BodyHandlers.discarding(),
              Cost.one(),
              request -> {
                arrived.add(server.requests().size());
                return request;
              },
              response -> {}));

      assertThat(arrived).containsExactly(0, 1, 2);
    }
  }

  @Test
  void theCallerMakesWhatIsSentOfEachAttempt() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    try (TestServer server = TestServer.first(500, 429);
        LimitedHttpClient client = client().build()) {
      time.run(() ->
          client.exchange(
              server.get("/"),
              BodyHandlers.discarding(),
              Cost.one(),
              request ->
                  HttpRequest.newBuilder(request, (name, value) -> true)
                      .header("X-Attempt", "" + attempts.incrementAndGet())
                      .build(),
              response -> {}));

      assertThat(server.requests())
          .extracting(request -> request.fields().getFirst("X-Attempt"))
          .containsExactly("1", "2", "3");
    }
  }
}
