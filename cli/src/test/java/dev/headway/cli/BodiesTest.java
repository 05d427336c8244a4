package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@Timeout(60)
final class BodiesTest {

  private static final int LARGE = 40 << 20;
  private static final String SECRET = "s3cr3t-k3y";

  @TempDir private Path folder;
  private HttpServer server;
  private String address;

  @BeforeEach
  void startServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    address = "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @AfterEach
  void stopServer() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    try (exchange;
        OutputStream body = exchange.getResponseBody()) {
      switch (path) {
        case "/large" -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] chunk = new byte[1 << 20];
          Arrays.fill(chunk, (byte) 0xFE);
          for (int i = 0; i < LARGE >> 20; i++) {
            body.write(chunk);
          }
        }
        case "/echo" -> {
          exchange.sendResponseHeaders(200, 0);
          String key = exchange.getRequestHeaders().getFirst("Authorization");
          // In pieces, so that it lies across their ends.
          for (char c : ("x" + key + key + "y").toCharArray()) {
            body.write(c);
            body.flush();
          }
        }
        case "/broken" -> {
          exchange.sendResponseHeaders(200, 1_000);
          body.write(new byte[10]);
          body.flush();
          throw new IOException("the connection breaks");
        }
        case "/error" -> {
          exchange.sendResponseHeaders(404, 0);
          body.write("no such thing".getBytes(StandardCharsets.UTF_8));
        }
        default -> {
          exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
          exchange.sendResponseHeaders(200, 0);
          body.write(("{\"path\":\"" + path + "\"}").getBytes(StandardCharsets.UTF_8));
        }
      }
    }
  }

  private Cli fetch(String input, String... more) {
    String[] arguments = Arrays.copyOf(more, more.length + 6);
    System.arraycopy(more, 0, arguments, 1, more.length);
    arguments[0] = "fetch";
    String[] rest = {"--ordered", "--bodies", folder.resolve("out").toString(), "--quiet", "-"};
    System.arraycopy(rest, 0, arguments, more.length + 1, rest.length);
    return Cli.run(input, arguments);
  }

  private String file(String name) throws IOException {
    return Files.readString(folder.resolve("out").resolve(name), StandardCharsets.ISO_8859_1);
  }

  @Test
  void each_body_has_a_file_and_the_result_says_where() throws IOException {
    Cli ran =
        fetch(
            address
                + "/a\n{\"id\": \"../../Ünï/../x\", \"url\": \""
                + address
                + "/b\"}\n"
                + address
                + "/page.html?q=1\n"
                + address
                + "/error\n");

    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.results())
        .extracting(result -> result.path("bodyFile").asString(""))
        .containsExactly(
            folder.resolve("out/1.json").toString(),
            folder.resolve("out/2-.._..__n__.._x.json").toString(),
            folder.resolve("out/3.html").toString(),
            folder.resolve("out/4.bin").toString());
    assertThat(ran.results()).allMatch(result -> !result.has("body"));
    assertThat(ran.results().get(3).get("error").asString()).isEqualTo("the server answered 404");
    assertThat(file("4.bin")).isEqualTo("no such thing");
    assertThat(file("1.json")).isEqualTo("{\"path\":\"/a\"}");
    assertThat(file("3.html")).isEqualTo("{\"path\":\"/page.html\"}");
    try (var files = Files.list(folder.resolve("out"))) {
      assertThat(files).hasSize(4);
    }
  }

  @Test
  void a_large_body_goes_through() throws IOException {
    Cli ran = fetch(address + "/large\n");

    assertThat(ran.status()).isEqualTo(0);
    assertThat(Files.size(Path.of(ran.results().getFirst().get("bodyFile").asString())))
        .isEqualTo(LARGE);
    JsonNode tooLong = fetch(address + "/large\n", "--max-body", "39").results().getFirst();
    assertThat(tooLong.get("error").asString()).contains("a body longer than 39 MiB");
  }

  @Test
  void a_body_that_breaks_off_leaves_no_file() throws IOException {
    Cli ran = fetch(address + "/broken\n", "--retries", "0");

    assertThat(ran.status()).isEqualTo(1);
    try (var files = Files.list(folder.resolve("out"))) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void what_a_server_says_back_is_in_a_file_as_it_said_it() throws IOException {
    Path headers = Files.writeString(folder.resolve("headers"), "Authorization: " + SECRET + "\n");
    Cli ran = fetch(address + "/echo\n", "--header-file", headers.toString());

    assertThat(ran.status()).isEqualTo(0);
    assertThat(Files.readString(folder.resolve("out/1.bin")))
        .isEqualTo("x" + SECRET + SECRET + "y");
  }

  @Test
  void a_link_that_lies_in_wait_is_not_followed() throws IOException {
    Path victim = Files.writeString(folder.resolve("victim"), "mine");
    Path out = Files.createDirectory(folder.resolve("out"));
    Files.createSymbolicLink(out.resolve(".1.part"), victim);
    Files.createSymbolicLink(out.resolve("2.json"), victim);
    Cli ran = fetch(address + "/a\n" + address + "/b\n");

    assertThat(ran.results().getFirst().get("error").asString())
        .contains("a body that cannot be kept");
    assertThat(file("2.json")).isEqualTo("{\"path\":\"/b\"}");
    assertThat(victim).hasContent("mine");
  }

  @Test
  void a_folder_that_cannot_be_is_told() throws IOException {
    Files.writeString(folder.resolve("out"), "a file");
    Cli ran = fetch(address + "/a\n");

    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.messages()).contains("out\": it is not a folder");
  }
}
