package dev.headway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What TLS decides against is final; a connection that breaks off is not. */
class TlsTest extends InVirtualTime {

  private static final char[] PASSWORD = "of the test".toCharArray();

  @TempDir private Path folder;

  /** A key for a host, with a certificate signed by itself. */
  private KeyStore key(String host) throws Exception {
    Path file = folder.resolve(host + ".p12");
    int status =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "it",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + host,
                "-ext",
                "san=" + (host.startsWith("127") ? "ip:" : "dns:") + host,
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
    assertThat(status).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream stream = Files.newInputStream(file)) {
      store.load(stream, PASSWORD);
    }
    return store;
  }

  private static SSLContext context(KeyStore store) throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  private static SSLContext trusting(KeyStore store) throws Exception {
    KeyStore certificates = KeyStore.getInstance("PKCS12");
    certificates.load(null, null);
    certificates.setCertificateEntry("it", store.getCertificate("it"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(certificates);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private static HttpsServer server(KeyStore store) throws Exception {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context(store)));
    server.start();
    return server;
  }

  /** Demands a certificate of each client, and reads on when it has refused one. */
  private static void demandCertificates(ServerSocket socket, SSLContext context, String protocol) {
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              Socket connection = socket.accept();
              SSLSocket tls =
                  (SSLSocket)
                      context.getSocketFactory().createSocket(connection, "127.0.0.1", 0, false);
              tls.setUseClientMode(false);
              tls.setNeedClientAuth(true);
              tls.setEnabledProtocols(new String[] {protocol});
              try {
                tls.startHandshake();
              } catch (IOException refused) {
                connection.getInputStream().transferTo(OutputStream.nullOutputStream());
                connection.close();
              }
            }
          } catch (IOException closed) {
            // The test is over.
          }
        });
  }

  private int attempts(SSLContext context, int port) {
    AtomicInteger attempts = new AtomicInteger();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/")).build();
    try (LimitedHttpClient client =
        client().client(HttpClient.newBuilder().sslContext(context)).build()) {
      assertThatThrownBy(() -> exchange(client, request))
          .isInstanceOfSatisfying(ExchangeFailedException.class, e -> attempts.set(e.attempts()));
    }
    return attempts.get();
  }

  @Test
  void aCertificateThatIsNotTrustedIsFinal() throws Exception {
    HttpsServer server = server(key("127.0.0.1"));
    try {
      assertThat(attempts(SSLContext.getDefault(), server.getAddress().getPort())).isEqualTo(1);
      assertThat(time.elapsed()).isZero();
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aCertificateOfAnotherHostIsFinal() throws Exception {
    KeyStore other = key("example.org");
    HttpsServer server = server(other);
    try {
      assertThat(attempts(trusting(other), server.getAddress().getPort())).isEqualTo(1);
    } finally {
      server.stop(0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void anAlertOfTheServerIsFinal(String protocol) throws Exception {
    KeyStore store = key("127.0.0.1");
    try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      demandCertificates(socket, context(store), protocol);

      assertThat(attempts(trusting(store), socket.getLocalPort())).isEqualTo(1);
    }
  }

  @Test
  void aConnectionThatBreaksOffInTheHandshakeIsTriedAgain() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(() -> {
            try {
              while (true) {
                socket.accept().close();
              }
            } catch (IOException closed) {
              // The test is over.
            }
          });

      assertThat(attempts(SSLContext.getDefault(), socket.getLocalPort())).isEqualTo(3);
    }
  }
}
