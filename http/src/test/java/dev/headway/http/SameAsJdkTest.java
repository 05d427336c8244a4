package dev.headway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.headway.Retry;
import dev.headway.http.ResponseMeaning.Final;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.CookieManager;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Without extras, the limited client does as the JDK's own: one suite for both. */
@ParameterizedClass
@CsvSource({"false, HTTP_1_1", "false, HTTP_2", "true, HTTP_1_1", "true, HTTP_2"})
class SameAsJdkTest {

  private static final Duration LONG = Duration.ofSeconds(20);

  private static EchoServer server;

  private final boolean isLimited;
  private final Version version;
  private final HttpClient client;

  @TempDir private Path folder;

  SameAsJdkTest(boolean isLimited, Version version) {
    this.isLimited = isLimited;
    this.version = version;
    this.client = client(Redirect.NEVER, HttpClient.newBuilder());
  }

  private HttpClient client(Redirect redirect, HttpClient.Builder settings) {
    settings.version(version).followRedirects(redirect);
    return isLimited
        ? LimitedHttpClient.builder()
            .client(settings)
            .followRedirects(redirect)
            .retry(Retry.never())
            .heedServers(false)
            .responsePolicy(response -> Final.RESPONSE)
            .build()
        : settings.build();
  }

  @BeforeAll
  static void start() throws Exception {
    server = new EchoServer();
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @BeforeEach
  void connect() throws Exception {
    // Where this is 1, as for the other tests, the JDK's client follows no redirects.
    assumeTrue(isLimited || Integer.getInteger("jdk.httpclient.redirects.retrylimit", 5) > 1);
    server.reset();
    // So that a request with a body need not upgrade the connection.
    client.send(to("/upgrade").build(), BodyHandlers.discarding());
  }

  @AfterEach
  void close() {
    server.releaseAll();
    client.close();
  }

  private static HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(server.uri(path));
  }

  private <T> T body(int status, int length, BodyHandler<T> handler) throws Exception {
    HttpResponse<T> response = client.send(to("/bytes/" + status + "/" + length).build(), handler);
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.version()).isEqualTo(version);
    return response.body();
  }

  @ParameterizedTest
  @CsvSource({
    "200, 0",
    "200, 1",
    "200, 3000000",
    "404, 0",
    "404, 65536",
    "404, 3000000",
    "500, 100",
    "429, 100",
    "503, 70000",
  })
  void everyBodyHandlerGetsTheWholeBody(int status, int length) throws Exception {
    String text = EchoServer.text(length);
    assertThat(body(status, length, BodyHandlers.ofString())).isEqualTo(text);
    assertThat(new String(body(status, length, BodyHandlers.ofByteArray()), StandardCharsets.UTF_8))
        .isEqualTo(text);
    assertThat(body(status, length, BodyHandlers.ofFile(folder.resolve("file")))).hasContent(text);
    assertThat(
            body(
                status,
                length,
                BodyHandlers.ofFileDownload(
                    folder, StandardOpenOption.CREATE, StandardOpenOption.WRITE)))
        .isEqualTo(folder.resolve("named.txt"))
        .hasContent(text);
    try (InputStream stream = body(status, length, BodyHandlers.ofInputStream())) {
      assertThat(new String(stream.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(text);
    }
    try (Stream<String> lines = body(status, length, BodyHandlers.ofLines())) {
      assertThat(lines.collect(Collectors.joining("\n"))).isEqualTo(text.stripTrailing());
    }
    assertThat(body(status, length, BodyHandlers.buffering(BodyHandlers.ofString(), 1_000)))
        .isEqualTo(text);
    assertThat(body(status, length, BodyHandlers.replacing("instead"))).isEqualTo("instead");
    assertThat(body(status, length, BodyHandlers.discarding())).isNull();
    ByteArrayOutputStream consumed = new ByteArrayOutputStream();
    body(
        status,
        length,
        BodyHandlers.ofByteArrayConsumer(some -> some.ifPresent(consumed::writeBytes)));
    assertThat(consumed.toString(StandardCharsets.UTF_8)).isEqualTo(text);
    int mapped =
        body(
            status,
            length,
            head ->
                BodySubscribers.mapping(
                    BodySubscribers.ofString(StandardCharsets.UTF_8), String::length));
    assertThat(mapped).isEqualTo(text.length());
  }

  /** Collects what is published, so many items at a time. */
  private static final class Collecting implements Flow.Subscriber<List<ByteBuffer>> {
    final CompletableFuture<String> text = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private Flow.Subscription subscription;

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> item) {
      for (ByteBuffer buffer : item) {
        byte[] some = new byte[buffer.remaining()];
        buffer.get(some);
        bytes.writeBytes(some);
      }
      subscription.request(1);
    }

    @Override
    public void onError(Throwable failure) {
      text.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      text.complete(bytes.toString(StandardCharsets.UTF_8));
    }
  }

  @ParameterizedTest
  @CsvSource({"200, 0", "200, 500000", "404, 0", "404, 500000"})
  void publishersAndSubscribersGetTheWholeBody(int status, int length) throws Exception {
    String text = EchoServer.text(length);
    Collecting published = new Collecting();
    body(status, length, BodyHandlers.ofPublisher()).subscribe(published);
    assertThat(published.text.get()).isEqualTo(text);
    Collecting subscribed = new Collecting();
    body(status, length, BodyHandlers.fromSubscriber(subscribed));
    assertThat(subscribed.text.get()).isEqualTo(text);
    String finished =
        body(
            status,
            length,
            BodyHandlers.fromSubscriber(new Collecting(), each -> each.text.join()));
    assertThat(finished).isEqualTo(text);
  }

  static Stream<BodyPublisher> publishers() throws IOException {
    Path file = Files.createTempFile("body", ".txt");
    file.toFile().deleteOnExit();
    Files.writeString(file, "it is here");
    byte[] bytes = "it is here".getBytes(StandardCharsets.UTF_8);
    return Stream.of(
        BodyPublishers.ofString("it is here"),
        BodyPublishers.ofByteArray(bytes),
        BodyPublishers.ofByteArray(bytes, 0, bytes.length),
        BodyPublishers.ofByteArrays(
            List.of(Arrays.copyOf(bytes, 3), Arrays.copyOfRange(bytes, 3, bytes.length))),
        BodyPublishers.ofFile(file),
        BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes)),
        BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(bytes)),
        BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(bytes), bytes.length),
        BodyPublishers.concat(BodyPublishers.ofString("it is"), BodyPublishers.ofString(" here")));
  }

  @ParameterizedTest
  @MethodSource("publishers")
  void everyBodyPublisherIsSent(BodyPublisher publisher) throws Exception {
    for (String method : List.of("POST", "PUT", "PATCH", "DELETE", "QUERY")) {
      HttpRequest request =
          to("/echo").method(method, publisher).header("X-It", "one").header("X-It", "two").build();
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());

      assertThat(response.body()).isEqualTo(method + " [one, two] it is here");
      assertThat(response.headers().allValues("X-Answer")).containsExactly("a", "b");
      assertThat(response.request().method()).isEqualTo(method);
      assertThat(response.uri()).isEqualTo(request.uri());
      assertThat(response.previousResponse()).isEmpty();
      assertThat(response.sslSession()).isEmpty();
    }
  }

  @Test
  void headAndNoContentHaveNoBody() throws Exception {
    HttpResponse<String> head =
        client.send(to("/bytes/200/100").HEAD().build(), BodyHandlers.ofString());
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValue("Content-Length")).contains("100");
    assertThat(body(204, 0, BodyHandlers.ofString())).isEmpty();
    assertThat(body(304, 0, BodyHandlers.ofString())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "301, GET, GET", "302, GET, GET", "303, GET, GET", "307, GET, GET", "308, GET, GET",
    "301, POST, GET", "302, POST, GET", "303, POST, GET", "307, POST, POST", "308, POST, POST",
    "303, PUT, GET", "307, PUT, PUT",
  })
  void aRedirectIsFollowedAsThePolicySays(int status, String method, String then) throws Exception {
    HttpRequest request =
        to("/redirect/" + status)
            .method(
                method,
                method.equals("GET") ? BodyPublishers.noBody() : BodyPublishers.ofString("it"))
            .build();
    try (HttpClient following = client(Redirect.NORMAL, HttpClient.newBuilder())) {
      following.send(to("/upgrade").build(), BodyHandlers.discarding());
      HttpResponse<String> response = following.send(request, BodyHandlers.ofString());

      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).isEqualTo(then + " []" + (then.equals("GET") ? " " : " it"));
      assertThat(response.uri()).isEqualTo(server.uri("/echo"));
      assertThat(response.request().method()).isEqualTo(then);
      assertThat(response.previousResponse())
          .hasValueSatisfying(previous -> {
            assertThat(previous.statusCode()).isEqualTo(status);
            assertThat(previous.uri()).isEqualTo(request.uri());
            assertThat(previous.previousResponse()).isEmpty();
          });
    }
    HttpResponse<String> asItIs = client.send(request, BodyHandlers.ofString());
    assertThat(asItIs.statusCode()).isEqualTo(status);
    assertThat(asItIs.body()).isEqualTo("moved");
    assertThat(asItIs.headers().firstValue("Location")).contains("/echo");
  }

  @Test
  void aTimeoutEndsTheRequest() {
    HttpRequest request = to("/hold").timeout(Duration.ofMillis(300)).build();

    assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString()))
        .isExactlyInstanceOf(HttpTimeoutException.class);
    assertThatThrownBy(() -> client.sendAsync(request, BodyHandlers.ofString()).get())
        .isInstanceOf(ExecutionException.class)
        .hasCauseExactlyInstanceOf(HttpTimeoutException.class);
  }

  @Test
  void aTimeoutIsOverOnceTheHeadIsThere() throws Exception {
    HttpRequest request = to("/drip").timeout(Duration.ofSeconds(2)).build();
    HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
    try (InputStream stream = response.body()) {
      Thread.sleep(2_500);
      server.release();
      assertThat(stream.readAllBytes()).asString().isEqualTo("one\ntwo\n");
    }
  }

  @Test
  void aClosedPortIsAConnectException() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/")).build();

    assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString()))
        .isExactlyInstanceOf(ConnectException.class);
    assertThatThrownBy(() -> client.sendAsync(request, BodyHandlers.ofString()).get())
        .hasCauseExactlyInstanceOf(ConnectException.class);
  }

  @Test
  void aBodyThatBreaksOffIsAnIoException() throws Exception {
    assertThatThrownBy(() -> client.send(to("/break").build(), BodyHandlers.ofString()))
        .isInstanceOf(IOException.class);
    // Over HTTP/2 the break may come before the response is handed over.
    assertThatThrownBy(
            () -> {
              try (InputStream stream =
                  client.send(to("/break").build(), BodyHandlers.ofInputStream()).body()) {
                stream.readAllBytes();
              }
            })
        .isInstanceOf(IOException.class);
  }

  @Test
  void whatAHandlerThrowsIsTheCauseOfAnIoException() {
    BodyHandler<String> throwing =
        head -> {
          throw new IllegalStateException("of the test");
        };
    assertThatThrownBy(() -> client.send(to("/bytes/200/9").build(), throwing))
        .isInstanceOf(IOException.class)
        .hasStackTraceContaining("of the test");
    assertThatThrownBy(() -> client.send(to("/bytes/404/9").build(), throwing))
        .isInstanceOf(IOException.class)
        .hasStackTraceContaining("of the test");
  }

  @Test
  void aFutureThatIsCancelledEndsItsRequest() throws Exception {
    CompletableFuture<HttpResponse<String>> future =
        client.sendAsync(to("/hold").build(), BodyHandlers.ofString());
    server.awaitHeld();
    assertThat(future.cancel(true)).isTrue();

    // The JDK's client may complete it first, with what it wraps.
    assertThatThrownBy(future::join)
        .satisfiesAnyOf(
            thrown -> assertThat(thrown).isInstanceOf(CancellationException.class),
            thrown -> assertThat(thrown).hasCauseInstanceOf(CancellationException.class));
    assertThat(client.send(to("/echo").build(), BodyHandlers.ofString()).body())
        .isEqualTo("GET [] ");
  }

  @Test
  void anInterruptEndsASend() throws Exception {
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    Thread sending =
        Thread.ofPlatform()
            .start(() -> {
              try {
                client.send(to("/hold").build(), BodyHandlers.ofString());
                thrown.complete(new AssertionError("it was not interrupted"));
              } catch (Throwable e) {
                thrown.complete(e);
              }
            });
    server.awaitHeld();
    sending.interrupt();

    assertThat(thrown.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
  }

  @Test
  void aBodyIsReadWhileItComes() throws Exception {
    for (String path : List.of("/drip", "/drip/404")) {
      HttpResponse<InputStream> response =
          client.send(to(path).build(), BodyHandlers.ofInputStream());
      try (InputStream stream = response.body()) {
        // The start of an error's body may be kept back for a few seconds.
        assertThat(stream.readNBytes(4)).asString().isEqualTo("one\n");
        server.release();
        assertThat(stream.readAllBytes()).asString().isEqualTo("two\n");
      }
    }
  }

  @Test
  void aBodyIsSentWhileItIsMade() throws Exception {
    try (SubmissionPublisher<ByteBuffer> publisher = new SubmissionPublisher<>()) {
      CompletableFuture<HttpResponse<String>> future =
          client.sendAsync(
              to("/first").POST(BodyPublishers.fromPublisher(publisher)).build(),
              BodyHandlers.ofString());
      while (!publisher.hasSubscribers()) {
        Thread.sleep(5);
      }
      // The JDK's client sends an item when the next is there.
      publisher.submit(ByteBuffer.wrap("one ".getBytes(StandardCharsets.UTF_8)));
      publisher.submit(ByteBuffer.wrap("two ".getBytes(StandardCharsets.UTF_8)));
      server.awaitHeld();
      publisher.submit(ByteBuffer.wrap("three".getBytes(StandardCharsets.UTF_8)));
      publisher.close();

      assertThat(future.get().body()).isEqualTo("one two three");
    }
  }

  @Test
  void aStreamThatIsClosedEarlyLeavesTheClientUsable() throws Exception {
    for (int i = 0; i < 5; i++) {
      HttpResponse<InputStream> response =
          client.send(to("/bytes/200/3000000").build(), BodyHandlers.ofInputStream());
      assertThat(response.body().read()).isEqualTo('a');
      response.body().close();
    }

    assertThat(body(200, 10, BodyHandlers.ofString())).hasSize(10);
  }

  @Test
  void manyAreSentTogether() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      all.add(client.sendAsync(to("/bytes/200/" + i).build(), BodyHandlers.ofString()));
    }
    for (int i = 0; i < 100; i++) {
      assertThat(all.get(i).get().body()).hasSize(i);
    }
  }

  @Test
  void cookiesAreKeptAndSent() throws Exception {
    try (HttpClient keeping =
        client(Redirect.NEVER, HttpClient.newBuilder().cookieHandler(new CookieManager()))) {
      keeping.send(to("/cookie").build(), BodyHandlers.discarding());

      assertThat(keeping.send(to("/cookie").build(), BodyHandlers.ofString()).body())
          .isEqualTo("sid=abc");
    }
  }

  @Test
  void aClientThatIsClosedSendsNothingMore() throws Exception {
    HttpClient closing = client(Redirect.NEVER, HttpClient.newBuilder());
    CompletableFuture<HttpResponse<String>> inFlight =
        closing.sendAsync(to("/hold").build(), BodyHandlers.ofString());
    server.awaitHeld();
    closing.shutdown();
    assertThat(closing.isTerminated()).isFalse();
    assertThatThrownBy(() -> closing.send(to("/echo").build(), BodyHandlers.ofString()))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> closing.sendAsync(to("/echo").build(), BodyHandlers.ofString()).get())
        .hasCauseInstanceOf(IOException.class);
    server.release();

    assertThat(inFlight.get().statusCode()).isEqualTo(200);
    assertThat(closing.awaitTermination(LONG)).isTrue();
    assertThat(closing.isTerminated()).isTrue();
  }

  @Test
  void endingAtOnceFailsWhatIsInFlight() throws Exception {
    HttpClient closing = client(Redirect.NEVER, HttpClient.newBuilder());
    CompletableFuture<HttpResponse<String>> inFlight =
        closing.sendAsync(to("/hold").build(), BodyHandlers.ofString());
    server.awaitHeld();
    closing.shutdownNow();

    assertThatThrownBy(inFlight::get).hasCauseInstanceOf(IOException.class);
    assertThat(closing.awaitTermination(LONG)).isTrue();
  }

  @Test
  void theSettingsAreThose() {
    assertThat(client.version()).isEqualTo(version);
    assertThat(client.followRedirects()).isEqualTo(Redirect.NEVER);
    assertThat(client.cookieHandler()).isEmpty();
    assertThat(client.authenticator()).isEmpty();
    assertThat(client.connectTimeout()).isEmpty();
    assertThat(client.executor()).isEmpty();
    assertThat(client.proxy()).isEmpty();
    assertThat(client.sslParameters()).isNotNull();
    assertThat(client.sslContext()).isNotNull();
    assertThat(client.newWebSocketBuilder()).isNotNull();
  }
}
