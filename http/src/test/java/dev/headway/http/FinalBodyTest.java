package dev.headway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headway.Retry;
import dev.headway.http.TestServer.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Only the last response reaches the caller's body handler, once, whatever the handler. */
class FinalBodyTest extends InVirtualTime {

  private static final String DATA = "DATA";
  private static final String PAGE = "<html>please slow down, says this long page</html>";

  @TempDir private Path folder;

  /** Each way for a first response not to be the last. */
  static Stream<Answer> notLast() {
    return Stream.of(
        new Answer(429, PAGE, "Retry-After", "3"),
        new Answer(429, PAGE),
        new Answer(403, PAGE, "Retry-After", "3"),
        new Answer(420, PAGE),
        new Answer(503, PAGE, "Retry-After", "3"),
        new Answer(503, PAGE),
        new Answer(500, PAGE),
        new Answer(302, PAGE, "Location", "/there"),
        new Answer(307, PAGE, "Location", "/there"),
        new Answer(503, "x".repeat(1 << 20)),
        new Answer(302, "x".repeat(1 << 20), "Location", "/there"));
  }

  private static TestServer first(Answer first) {
    return new TestServer((request, count) -> count == 1 ? first : new Answer(200, DATA));
  }

  private LimitedHttpClient following() {
    return client().followRedirects(Redirect.NORMAL).build();
  }

  private <T> T body(Answer first, BodyHandler<T> handler) throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (TestServer server = first(first);
        LimitedHttpClient client = following()) {
      HttpResponse<T> response =
          time.run(() ->
              client.send(
                  server.get("/"),
                  head -> {
                    calls.incrementAndGet();
                    return handler.apply(head);
                  }));
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(server.requests()).hasSize(2);
      assertThat(calls).hasValue(1);
      return response.body();
    }
  }

  @ParameterizedTest
  @MethodSource("notLast")
  void aFileHoldsTheLastBodyOnly(Answer first) throws Exception {
    Path file = body(first, BodyHandlers.ofFile(folder.resolve("data")));

    assertThat(file).hasContent(DATA);
  }

  @ParameterizedTest
  @MethodSource("notLast")
  void aFileThatIsAppendedToGetsTheLastBodyOnly(Answer first) throws Exception {
    Path file = folder.resolve("log");
    Files.writeString(file, "before;");
    body(first, BodyHandlers.ofFile(file, StandardOpenOption.APPEND));

    assertThat(file).hasContent("before;" + DATA);
  }

  @ParameterizedTest
  @MethodSource("notLast")
  void aConsumerGetsTheLastBodyOnly(Answer first) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    body(first, BodyHandlers.ofByteArrayConsumer(some -> some.ifPresent(bytes::writeBytes)));

    assertThat(bytes).hasToString(DATA);
  }

  @ParameterizedTest
  @MethodSource("notLast")
  void aSubscriberGetsTheLastBodyOnly(Answer first) throws Exception {
    List<String> events = new ArrayList<>();
    body(
        first,
        BodyHandlers.fromSubscriber(
            new Flow.Subscriber<List<ByteBuffer>>() {
              @Override
              public void onSubscribe(Flow.Subscription subscription) {
                events.add("subscribed");
                subscription.request(Long.MAX_VALUE);
              }

              @Override
              public void onNext(List<ByteBuffer> buffers) {
                buffers.forEach(each -> events.add(StandardCharsets.UTF_8.decode(each).toString()));
              }

              @Override
              public void onError(Throwable failure) {
                events.add("failed");
              }

              @Override
              public void onComplete() {
                events.add("complete");
              }
            }));

    assertThat(events).containsExactly("subscribed", DATA, "complete");
  }

  @ParameterizedTest
  @MethodSource("notLast")
  void aMappingMapsTheLastBodyOnly(Answer first) throws Exception {
    BodyHandler<Integer> parsing =
        head ->
            BodySubscribers.mapping(
                BodySubscribers.ofString(StandardCharsets.UTF_8),
                text -> text.equals(DATA) ? 42 : Integer.valueOf(text));

    assertThat(body(first, parsing)).isEqualTo(42);
  }

  @ParameterizedTest
  @MethodSource("notLast")
  void aHandlerThatRefusesPagesSeesTheLastResponseOnly(Answer first) throws Exception {
    BodyHandler<String> strict =
        head -> {
          if (head.statusCode() != 200) {
            throw new IllegalStateException("status " + head.statusCode());
          }
          return BodySubscribers.ofString(StandardCharsets.UTF_8);
        };

    assertThat(body(first, strict)).isEqualTo(DATA);
  }

  @ParameterizedTest
  @MethodSource("notLast")
  void streamsLinesAndStringsAreOfTheLastBody(Answer first) throws Exception {
    assertThat(body(first, BodyHandlers.ofString())).isEqualTo(DATA);
    assertThat(body(first, BodyHandlers.ofByteArray())).asString().isEqualTo(DATA);
    assertThat(body(first, BodyHandlers.ofLines()).collect(Collectors.toList()))
        .containsExactly(DATA);
    try (InputStream stream = body(first, BodyHandlers.ofInputStream())) {
      assertThat(stream).hasContent(DATA);
    }
    assertThat(body(first, BodyHandlers.buffering(BodyHandlers.ofString(), 3))).isEqualTo(DATA);
    assertThat(body(first, BodyHandlers.replacing("instead"))).isEqualTo("instead");
  }

  @ParameterizedTest
  @MethodSource("notLast")
  void itIsSoWithoutAThreadToo(Answer first) throws Exception {
    Path file = folder.resolve("data");
    try (TestServer server = first(first);
        LimitedHttpClient client = following()) {
      time.run(() -> time.await(client.sendAsync(server.get("/"), BodyHandlers.ofFile(file))));
      assertThat(file).hasContent(DATA);
    }
    Files.delete(file);
    try (TestServer server = first(first);
        LimitedHttpClient client = following()) {
      time.run(
          () -> time.await(client.sendAsync(server.get("/"), BodyHandlers.ofFile(file), null)));
      assertThat(file).hasContent(DATA);
    }
  }

  @ParameterizedTest
  @CsvSource({"429, 3", "429, ''", "500, ''", "503, 3"})
  void whereAttemptsRunOutTheLastResponseIsDeliveredWhole(int status, String retryAfter)
      throws Exception {
    String[] fields =
        retryAfter.isEmpty() ? new String[0] : new String[] {"Retry-After", retryAfter};
    AtomicInteger calls = new AtomicInteger();
    Path file = folder.resolve("data");
    try (TestServer server =
            new TestServer((request, count) -> new Answer(status, "page " + count, fields));
        LimitedHttpClient client = client().retry(Retry.upTo(2).throttledUpTo(2)).build()) {
      BodyHandler<Path> handler = BodyHandlers.ofFile(file);
      HttpResponse<Path> response =
          time.run(() ->
              client.send(
                  server.get("/"),
                  head -> {
                    calls.incrementAndGet();
                    return handler.apply(head);
                  }));

      assertThat(response.statusCode()).isEqualTo(status);
      assertThat(file).hasContent("page 3");
      assertThat(calls).hasValue(1);
    }
  }

  @Test
  void aRedirectThatIsNotFollowedIsDeliveredWhole() throws Exception {
    try (TestServer server = first(new Answer(302, PAGE, "Location", "/there"));
        LimitedHttpClient client = client().build()) {
      Path file = folder.resolve("data");
      time.run(() -> client.send(server.get("/"), BodyHandlers.ofFile(file)));

      assertThat(file).hasContent(PAGE);
    }
  }

  /** Answers its first connection so, byte for byte, and each further one with 200. */
  private static final class Raw implements AutoCloseable {
    final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    final AtomicInteger connections = new AtomicInteger();

    Raw(String first, boolean staysOpen) throws IOException {
      Thread.ofVirtual()
          .start(() -> {
            try {
              while (true) {
                Socket connection = socket.accept();
                boolean isFirst = connections.incrementAndGet() == 1;
                int read = connection.getInputStream().read(new byte[8192]);
                OutputStream out = connection.getOutputStream();
                String good =
                    "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nDATA";
                out.write((isFirst ? first : good).getBytes(StandardCharsets.UTF_8));
                out.flush();
                if (!isFirst || !staysOpen || read < 0) {
                  connection.close();
                }
              }
            } catch (IOException closed) {
              // The test is over.
            }
          });
    }

    HttpRequest get() {
      return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/"))
          .build();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRefusalWhosePageBreaksOffOrStallsIsARefusal(boolean stalls) throws Exception {
    try (Raw server =
            new Raw(
                "HTTP/1.1 429 No\r\nRetry-After: 3\r\nContent-Length: 1000\r\n\r\nhalf", stalls);
        LimitedHttpClient client = client().build()) {
      Path file = folder.resolve("data");
      time.run(() -> client.send(server.get(), BodyHandlers.ofFile(file)));

      assertThat(file).hasContent(DATA);
      assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(3));
    }
  }

  @Test
  void aBodyThatBreaksOffIsAnErrorSinceTheHandlerHasSeenAPart() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (Raw server = new Raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf", false);
        LimitedHttpClient client = client().build()) {
      assertThatThrownBy(() ->
              time.run(() ->
                  client.send(
                      server.get(),
                      head -> {
                        calls.incrementAndGet();
                        return BodySubscribers.ofString(StandardCharsets.UTF_8);
                      })))
          .isInstanceOf(IOException.class);
      assertThat(calls).hasValue(1);
      assertThat(server.connections).hasValue(1);
    }
  }

  @Test
  void connectionsOfRefusedResponsesAreUsedAgain() throws Exception {
    try (TestServer server =
            new TestServer((request, count) ->
                count % 2 == 1 ? new Answer(503, PAGE) : new Answer(200, DATA));
        LimitedHttpClient client = client().build()) {
      for (int i = 0; i < 20; i++) {
        assertThat(send(client, server.get("/")).body()).isEqualTo(DATA);
      }

      assertThat(server.connections()).isEqualTo(1);
    }
  }
}
