package dev.headway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;

/** Connections are kept open and used again. */
class ConnectionsTest {

  private static final int REQUESTS = 100;
  private static final int AT_ONCE = 4;

  private static LimitedHttpClient client(Version version) {
    return LimitedHttpClient.builder()
        .client(HttpClient.newBuilder().version(version))
        .perHost((host, limits) -> limits.rate("1000/s").concurrency(AT_ONCE))
        .build();
  }

  private static List<HttpResponse<String>> sendAll(HttpClient client, URI uri) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(uri).build();
    List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
    List<HttpResponse<String>> responses = new ArrayList<>();
    responses.add(client.send(request, BodyHandlers.ofString()));
    for (int i = 1; i < REQUESTS; i++) {
      all.add(client.sendAsync(request, BodyHandlers.ofString()));
    }
    for (CompletableFuture<HttpResponse<String>> each : all) {
      responses.add(each.get());
    }
    return responses;
  }

  @Test
  void inHttp1ThereAreNoMoreConnectionsThanRequestsAtOnce() throws Exception {
    try (TestServer server = TestServer.of(200);
        HttpClient client = client(Version.HTTP_1_1)) {
      assertThat(sendAll(client, server.uri("/")))
          .hasSize(REQUESTS)
          .extracting(HttpResponse::statusCode)
          .containsOnly(200);

      assertThat(server.connections()).isLessThanOrEqualTo(AT_ONCE);
    }
  }

  @Test
  void inHttp2ThereIsOneConnection() throws Exception {
    Set<SocketAddress> connections = ConcurrentHashMap.newKeySet();
    Server server = new Server();
    HttpConfiguration configuration = new HttpConfiguration();
    ServerConnector connector =
        new ServerConnector(
            server,
            new HttpConnectionFactory(configuration),
            new HTTP2CServerConnectionFactory(configuration));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            connections.add(request.getConnectionMetaData().getRemoteSocketAddress());
            response.setStatus(200);
            callback.succeeded();
            return true;
          }
        });
    server.start();
    try (HttpClient client = client(Version.HTTP_2)) {
      List<HttpResponse<String>> responses =
          sendAll(client, URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/"));

      assertThat(responses)
          .hasSize(REQUESTS)
          .allSatisfy(response -> assertThat(response.version()).isEqualTo(Version.HTTP_2))
          .extracting(HttpResponse::statusCode)
          .containsOnly(200);
      assertThat(connections).hasSize(1);
    } finally {
      server.stop();
    }
  }
}
