package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How servers are reached, and what curl's short options do. */
@Timeout(60)
final class FetchConnectionsTest {

  @TempDir private Path folder;

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private HttpServer server;

  private String start(HttpServer made) {
    server = made;
    server.createContext("/", this::answer);
    server.start();
    return "localhost:" + server.getAddress().getPort();
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.stop(0);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    byte[] body = exchange.getRequestBody().readAllBytes();
    asked.add(
        exchange.getRequestMethod()
            + " "
            + exchange.getRequestURI()
            + (type == null ? "" : "\n" + type + "\n" + new String(body, StandardCharsets.UTF_8)));
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  @Test
  void a_certificate_that_nothing_vouches_for_is_taken_with_insecure_alone() throws Exception {
    Path store = folder.resolve("store");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=other.example",
                "-alias",
                "a",
                "-keystore",
                store.toString(),
                "-storepass",
                "password")
            .redirectErrorStream(true)
            .start();
    assertThat(keytool.waitFor()).isEqualTo(0);
    HttpsServer https = HttpsServer.create(anyPort(), 0);
    https.setHttpsConfigurator(new HttpsConfigurator(tls(store)));
    String url = "https://" + start(https) + "/a";

    assertThat(Cli.run("", "fetch", "--retries=0", url).status()).isEqualTo(1);
    assertThat(asked).isEmpty();
    assertThat(Cli.run("", "fetch", "-k", url).status()).isEqualTo(0);
    assertThat(asked).containsExactly("GET /a");
  }

  private static SSLContext tls(Path file) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    char[] password = "password".toCharArray();
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, password);
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  @Test
  void all_requests_go_through_the_proxy() throws IOException {
    String proxy = start(HttpServer.create(anyPort(), 0));
    Cli ran = Cli.run("http://one.invalid/a\nhttp://two.invalid/b\n", "fetch", "-x", proxy, "-");

    assertThat(ran.status()).as(ran.out()).isEqualTo(0);
    assertThat(asked)
        .containsExactlyInAnyOrder("GET http://one.invalid/a", "GET http://two.invalid/b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-x socks5://h:1 http://h/ | --proxy: SOCKS proxies cannot be used; name an HTTP proxy",
        "-x https://a:b@h:1 http://h/ | --proxy: https proxies cannot be used; name an HTTP proxy",
        "-x h http://h/            | --proxy: it is not HOST:PORT; write proxy.example:3128",
        "-F a http://h/            | --form: \"a\" is not NAME=TEXT or NAME=@FILE",
        "-F a=@no/such http://h/   | --form: cannot read \"no/such\": there is no such file",
        "-F a=b -d c http://h/     | both --body and --form are given: write one of them",
        "-F a=b urls.txt           | --form needs --url: lines have their own",
        "--url http://h/ http://h/ | both a URL and --url are given: write one of them",
      })
  void wrong_options_are_told_before_anything_is_sent(String line, String message) {
    Cli ran = Cli.run("", ("fetch " + line).split(" "));

    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.messages()).contains(message);
  }

  @Test
  void a_form_has_the_fields_that_lines_fill_in_and_files_as_they_are() throws IOException {
    String host = start(HttpServer.create(anyPort(), 0));
    Path file = Files.writeString(folder.resolve("a.txt"), "{} \r\n");
    Cli ran =
        Cli.run(
            "Ada\n",
            "fetch",
            "-F",
            "name={}",
            "-F",
            "file=@" + file,
            "--url",
            "http://" + host + "/people",
            "-");

    assertThat(ran.status()).as(ran.out()).isEqualTo(0);
    String sent = asked.getFirst();
    String boundary = sent.lines().skip(1).findFirst().orElseThrow().replaceFirst(".*=", "");
    assertThat(sent)
        .startsWith("POST /people\nmultipart/form-data; boundary=")
        .endsWith(
            """
            --B
            Content-Disposition: form-data; name="name"

            Ada
            --B
            Content-Disposition: form-data; name="file"; filename="a.txt"
            Content-Type: application/octet-stream

            {}\s

            --B--
            """
                .replace("\n", "\r\n")
                .replace("B\r", boundary + "\r")
                .replace("B--", boundary + "--"));
  }
}
