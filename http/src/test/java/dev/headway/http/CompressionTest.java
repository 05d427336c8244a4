package dev.headway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import dev.headway.http.ResponseMeaning.Final;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compressed bodies are asked for and decoded where that is switched on. */
class CompressionTest extends InVirtualTime {

  private static final String TEXT = "hello, ".repeat(20_000);

  /** Encodes a text. */
  private interface Encoding {
    OutputStream of(OutputStream out) throws IOException;
  }

  private static byte[] encoded(String text, Encoding encoding) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = encoding.of(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static byte[] gzip(String text) {
    return encoded(text, GZIPOutputStream::new);
  }

  /** Answers all requests with bytes. */
  private static final class Bytes implements AutoCloseable {
    final HttpServer server;
    final List<Headers> requests = new CopyOnWriteArrayList<>();

    Bytes(int status, byte[] body, boolean chunked, String... fields) throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext(
          "/",
          exchange -> {
            requests.add(exchange.getRequestHeaders());
            for (int i = 0; i < fields.length; i += 2) {
              exchange.getResponseHeaders().add(fields[i], fields[i + 1]);
            }
            boolean bodyless = exchange.getRequestMethod().equals("HEAD") || status == 204;
            exchange.sendResponseHeaders(
                status,
                bodyless || (body.length == 0 && !chunked) ? -1 : chunked ? 0 : body.length);
            if (!bodyless) {
              exchange.getResponseBody().write(body);
            }
            exchange.close();
          });
      server.start();
    }

    HttpRequest.Builder request() {
      return HttpRequest.newBuilder(
          URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"));
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  private LimitedHttpClient decompressing() {
    return client().decompress().build();
  }

  @ParameterizedTest
  @CsvSource({
    "gzip, true",
    "gzip, false",
    "GZIP, true",
    "x-gzip, false",
    "deflate, true",
    "raw, false",
  })
  void gzipAndDeflateAreDecodedForEveryHandler(String encoding, boolean chunked) throws Exception {
    byte[] body =
        switch (encoding) {
          case "deflate" -> encoded(TEXT, DeflaterOutputStream::new);
          case "raw" -> encoded(TEXT, out -> new DeflaterOutputStream(out, new Deflater(6, true)));
          default -> gzip(TEXT);
        };
    String name = encoding.equals("raw") ? "deflate" : encoding;
    try (Bytes server = new Bytes(200, body, chunked, "Content-Encoding", name);
        LimitedHttpClient client = decompressing()) {
      HttpRequest request = server.request().build();
      assertThat(send(client, request).body()).isEqualTo(TEXT);
      assertThat(time.run(() -> client.send(request, BodyHandlers.ofByteArray())).body())
          .asString()
          .isEqualTo(TEXT);
      try (InputStream stream =
          time.run(() -> client.send(request, BodyHandlers.ofInputStream())).body()) {
        assertThat(new String(stream.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(TEXT);
      }
      assertThat(server.requests.getFirst().getFirst("Accept-Encoding")).isEqualTo("gzip, deflate");
    }
  }

  @Test
  void itIsOffUnlessSwitchedOn() throws Exception {
    try (Bytes server = new Bytes(200, gzip(TEXT), false, "Content-Encoding", "gzip");
        LimitedHttpClient client = client().build()) {
      HttpResponse<byte[]> response =
          time.run(() -> client.send(server.request().build(), BodyHandlers.ofByteArray()));

      assertThat(response.body()).isEqualTo(gzip(TEXT));
      assertThat(server.requests.getFirst()).doesNotContainKey("Accept-encoding");
    }
  }

  @Test
  void aRequestWithEncodingsOfItsOwnGetsItsResponseAsItIs() throws Exception {
    try (Bytes server = new Bytes(200, gzip(TEXT), false, "Content-Encoding", "gzip");
        LimitedHttpClient client = decompressing()) {
      HttpRequest request = server.request().header("Accept-Encoding", "gzip").build();

      assertThat(time.run(() -> client.send(request, BodyHandlers.ofByteArray())).body())
          .isEqualTo(gzip(TEXT));
      assertThat(server.requests.getFirst().get("Accept-Encoding")).containsExactly("gzip");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"br", "identity", "", "gzip, gzip", "zstd"})
  void anotherEncodingIsPassedOnAsItIs(String encoding) throws Exception {
    try (Bytes server =
            new Bytes(
                200, TEXT.getBytes(StandardCharsets.UTF_8), false, "Content-Encoding", encoding);
        LimitedHttpClient client = decompressing()) {
      assertThat(send(client, server.request().build()).body()).isEqualTo(TEXT);
    }
  }

  @ParameterizedTest
  @CsvSource({"200, GET, true", "200, GET, false", "204, GET, false", "200, HEAD, false"})
  void noBodyIsNoneWhateverItsEncoding(int status, String method, boolean chunked)
      throws Exception {
    try (Bytes server = new Bytes(status, new byte[0], chunked, "Content-Encoding", "gzip");
        LimitedHttpClient client = decompressing()) {
      HttpRequest request =
          server.request().method(method, HttpRequest.BodyPublishers.noBody()).build();

      assertThat(send(client, request).body()).isEmpty();
    }
  }

  @Test
  void anErrorsBodyIsDecodedBeforeItIsJudged() throws Exception {
    AtomicReference<String> judged = new AtomicReference<>();
    try (Bytes server = new Bytes(404, gzip(TEXT), false, "Content-Encoding", "gzip");
        LimitedHttpClient client =
            client()
                .decompress()
                .responsePolicy(response -> {
                  judged.set(response.body());
                  return Final.RESPONSE;
                })
                .build()) {
      assertThat(send(client, server.request().build()).body()).isEqualTo(TEXT);
      assertThat(judged.get()).isEqualTo(TEXT.substring(0, 1 << 16));
    }
  }

  @Test
  void aHandlerSeesNoFieldsOfTheEncodedBodyAndTheResponseHasAllAsReceived() throws Exception {
    AtomicReference<HttpHeaders> seen = new AtomicReference<>();
    try (Bytes server =
            new Bytes(200, gzip(TEXT), false, "Content-Encoding", "gzip", "X-Other", "it");
        LimitedHttpClient client = decompressing()) {
      HttpResponse<String> response =
          time.run(() ->
              client.send(
                  server.request().build(),
                  head -> {
                    seen.set(head.headers());
                    return BodyHandlers.ofString().apply(head);
                  }));

      assertThat(seen.get().map()).doesNotContainKeys("content-encoding", "content-length");
      assertThat(seen.get().firstValue("X-Other")).contains("it");
      assertThat(response.headers().firstValue("Content-Encoding")).contains("gzip");
    }
  }

  @Test
  void aBodyThatIsNotWhatItSaysIsAnError() throws Exception {
    try (Bytes server = new Bytes(200, new byte[] {1, 2, 3}, false, "Content-Encoding", "gzip");
        LimitedHttpClient client = decompressing()) {
      assertThatThrownBy(() -> send(client, server.request().build()))
          .isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBodyThatIsTooLongOnceDecodedIsAnErrorAndNotAskedForAgain(boolean compressed)
      throws Exception {
    String text = "x".repeat(5_000_000);
    byte[] body = compressed ? gzip(text) : text.getBytes(StandardCharsets.UTF_8);
    String encoding = compressed ? "gzip" : "identity";
    try (Bytes server = new Bytes(200, body, false, "Content-Encoding", encoding);
        LimitedHttpClient strict = client().decompress().maxBody(4_999_999).build();
        LimitedHttpClient exact = client().decompress().maxBody(5_000_000).build()) {
      assertThatThrownBy(() -> exchange(strict, server.request().build()))
          .isInstanceOfSatisfying(
              ExchangeFailedException.class, e -> assertThat(e.attempts()).isEqualTo(1))
          .hasStackTraceContaining("longer than 4999999 bytes");
      assertThat(send(exact, server.request().build()).body()).hasSize(5_000_000);
    }
  }

  @Test
  void maxBodyIsNotNegative() {
    assertThatThrownBy(() -> client().maxBody(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not -1");
  }
}
