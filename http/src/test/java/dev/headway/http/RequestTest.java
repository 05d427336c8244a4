package dev.headway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.mizosoft.methanol.FormBodyPublisher;
import com.github.mizosoft.methanol.MultipartBodyPublisher;
import dev.headway.http.TestServer.Request;
import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client adds to requests. */
class RequestTest extends InVirtualTime {

  @TempDir private Path folder;

  @Test
  void theUserAgentIsTheClientsUnlessTheRequestHasOne() throws Exception {
    try (TestServer server = TestServer.first(503, 302);
        LimitedHttpClient client = client().userAgent("mine/1").build()) {
      send(client, server.get("/"));
      send(client, HttpRequest.newBuilder(server.uri("/")).header("user-agent", "its/2").build());

      assertThat(server.requests())
          .extracting(request -> request.fields().get("User-Agent"))
          .containsExactly(
              java.util.List.of("mine/1"), java.util.List.of("mine/1"), java.util.List.of("its/2"));
    }
  }

  @Test
  void aRedirectHasItToo() throws Exception {
    try (TestServer there = TestServer.of(200);
        TestServer here = TestServer.of(302, "Location", there.uri("/").toString());
        LimitedHttpClient client =
            client().followRedirects(Redirect.NORMAL).userAgent("mine/1").build()) {
      send(client, here.get("/"));

      assertThat(there.requests().getFirst().fields().getFirst("User-Agent")).isEqualTo("mine/1");
    }
  }

  @Test
  void withoutOneItIsTheJdks() throws Exception {
    try (TestServer server = TestServer.of(200);
        LimitedHttpClient client = client().build()) {
      send(client, server.get("/"));

      assertThat(server.requests().getFirst().fields().getFirst("User-Agent"))
          .startsWith("Java-http-client/");
    }
  }

  @Test
  void aProxyGetsItsCredentialsAndNoServerDoes() throws Exception {
    try (TestServer proxy = TestServer.of(200);
        TestServer direct = TestServer.of(302, "Location", "http://proxied.invalid/");
        LimitedHttpClient client =
            client()
                .client(
                    HttpClient.newBuilder()
                        .proxy(
                            new ProxySelector() {
                              @Override
                              public List<Proxy> select(URI uri) {
                                return List.of(
                                    uri.getHost().endsWith(".invalid")
                                        ? new Proxy(Proxy.Type.HTTP, proxy.address())
                                        : Proxy.NO_PROXY);
                              }

                              @Override
                              public void connectFailed(
                                  URI uri, SocketAddress address, IOException failure) {
                                throw new AssertionError(failure);
                              }
                            }))
                .proxyAuthorization(url -> Optional.of("Basic eA=="))
                .followRedirects(Redirect.NORMAL)
                .build()) {
      assertThat(send(client, direct.get("/")).statusCode()).isEqualTo(200);

      assertThat(proxy.requests().getFirst().fields().get("Proxy-Authorization"))
          .containsExactly("Basic eA==");
      assertThat(direct.requests().getFirst().fields()).doesNotContainKey("Proxy-authorization");
    }
  }

  @Test
  void aFormIsSentWithItsTypeAndSentAgain() throws Exception {
    try (TestServer server = TestServer.first(429);
        LimitedHttpClient client = client().build()) {
      HttpRequest request =
          HttpRequest.newBuilder(server.uri("/"))
              .POST(FormBodyPublisher.newBuilder().query("a b", "ü&=").query("c", "").build())
              .build();
      assertThat(send(client, request).statusCode()).isEqualTo(200);

      assertThat(server.requests()).hasSize(2);
      for (Request each : server.requests()) {
        assertThat(each.body()).isEqualTo("a+b=%C3%BC%26%3D&c=");
        assertThat(each.fields().get("Content-Type"))
            .containsExactly("application/x-www-form-urlencoded");
      }
    }
  }

  @Test
  void partsAreSentWithTheirTypeAndSentAgain() throws Exception {
    Path file = folder.resolve("data.txt");
    Files.writeString(file, "in a file");
    try (TestServer server = TestServer.first(429);
        LimitedHttpClient client = client().build()) {
      HttpRequest request =
          HttpRequest.newBuilder(server.uri("/"))
              .POST(
                  MultipartBodyPublisher.newBuilder()
                      .textPart("a", "b")
                      .filePart("file", file)
                      .build())
              .build();
      assertThat(send(client, request).statusCode()).isEqualTo(200);

      assertThat(server.requests()).hasSize(2);
      for (Request each : server.requests()) {
        assertThat(each.fields().getFirst("Content-Type")).startsWith("multipart/form-data; b");
        assertThat(each.body()).contains("name=\"a\"", "\r\n\r\nb\r\n", "filename=\"data.txt\"");
        assertThat(each.body()).contains("in a file");
      }
    }
  }

  @Test
  void aTypeThatIsGivenStays() throws Exception {
    try (TestServer server = TestServer.of(200);
        LimitedHttpClient client = client().build()) {
      HttpRequest request =
          HttpRequest.newBuilder(server.uri("/"))
              .header("Content-Type", "text/plain")
              .POST(FormBodyPublisher.newBuilder().query("a", "b").build())
              .build();
      send(client, request);

      assertThat(server.requests().getFirst().fields().get("Content-Type"))
          .containsExactly("text/plain");
    }
  }
}
