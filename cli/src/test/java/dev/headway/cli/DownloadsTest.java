package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Downloads that break, and downloads that have not changed. */
@Timeout(60)
final class DownloadsTest {

  private static final int LENGTH = 300_000;
  private static final int BREAKS_AT = 200_000;

  @TempDir private Path folder;

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final byte[] content = new byte[LENGTH];
  private HttpServer server;
  private volatile String tag = "\"v1\"";

  /** What the first response sends before the connection breaks. */
  private volatile int breaksAt = LENGTH;

  private volatile boolean changes;
  private volatile boolean liesAboutRange;

  @BeforeEach
  void serve() throws IOException {
    new Random(7).nextBytes(content);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  /** Answers with ranges and conditions as RFC 9110 says. */
  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String range = exchange.getRequestHeaders().getFirst("Range");
      String ifRange = exchange.getRequestHeaders().getFirst("If-Range");
      String ifNoneMatch = exchange.getRequestHeaders().getFirst("If-None-Match");
      asked.add(range + " " + ifRange + " " + ifNoneMatch);
      if (!tag.isEmpty()) {
        exchange.getResponseHeaders().set("ETag", tag);
      }
      if (tag.equals(ifNoneMatch)) {
        exchange.sendResponseHeaders(304, -1);
        return;
      }
      boolean partial = range != null && tag.equals(ifRange);
      int from = partial ? Integer.parseInt(range.replaceAll("\\D", "")) : 0;
      if (partial) {
        int told = liesAboutRange ? 0 : from;
        exchange
            .getResponseHeaders()
            .set("Content-Range", "bytes " + told + "-" + (LENGTH - 1) + "/" + LENGTH);
      }
      int to = asked.size() == 1 ? breaksAt : LENGTH;
      exchange.sendResponseHeaders(partial ? 206 : 200, LENGTH - from);
      exchange.getResponseBody().write(content, from, to - from);
      exchange.getResponseBody().flush();
      if (to < LENGTH) {
        if (changes) {
          tag = "\"v2\"";
          Arrays.fill(content, (byte) 2);
        }
        throw new IOException("the connection breaks");
      }
    }
  }

  private Cli fetch(String... more) {
    String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/data.bin\n";
    String[] arguments = new String[more.length + 4];
    arguments[0] = "fetch";
    arguments[1] = "--quiet";
    System.arraycopy(more, 0, arguments, 2, more.length);
    arguments[more.length + 2] = "--bodies=" + folder.resolve("out");
    arguments[more.length + 3] = "-";
    return Cli.run(url, arguments);
  }

  private void assertWhole(Cli ran) throws IOException {
    assertThat(ran.status()).as(ran.out() + ran.messages()).isEqualTo(0);
    JsonNode result = ran.results().getFirst();
    assertThat(result.get("bodyFile").asString()).isEqualTo(folder.resolve("out/1.bin").toString());
    assertThat(Files.readAllBytes(folder.resolve("out/1.bin"))).isEqualTo(content);
    assertThat(folder.resolve("out/.1.part")).doesNotExist();
  }

  @Test
  void a_download_that_breaks_goes_on_where_it_broke() throws IOException {
    breaksAt = BREAKS_AT;
    Cli ran = fetch();

    assertWhole(ran);
    assertThat(asked).hasSize(2);
    assertThat(asked.get(0)).isEqualTo("null null null");
    assertThat(asked.get(1)).matches("bytes=[1-9]\\d*- \"v1\" null");
    assertThat(ran.results().getFirst().get("status").asInt()).isEqualTo(206);
  }

  @Test
  void a_download_that_has_changed_meanwhile_begins_again() throws IOException {
    breaksAt = BREAKS_AT;
    changes = true;

    assertWhole(fetch());
    assertThat(asked.get(1)).matches("bytes=[1-9]\\d*- \"v1\" null");
  }

  @Test
  void without_a_strong_tag_a_download_that_breaks_begins_again() throws IOException {
    breaksAt = BREAKS_AT;
    tag = "W/\"v1\"";

    assertWhole(fetch());
    assertThat(asked).containsExactly("null null null", "null null null");
  }

  @Test
  void another_part_than_was_asked_for_is_not_taken() throws IOException {
    breaksAt = BREAKS_AT;
    liesAboutRange = true;
    Cli ran = fetch("--retries=1");

    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.results().getFirst().get("error").asString())
        .contains("the server sent another part than it was asked for");
    try (var files = Files.list(folder.resolve("out"))) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void what_has_not_changed_since_an_earlier_run_is_not_sent_again() throws IOException {
    assertWhole(fetch());
    Cli again = fetch();

    assertWhole(again);
    assertThat(again.results().getFirst().get("status").asInt()).isEqualTo(304);
    tag = "\"v2\"";
    Arrays.fill(content, (byte) 1);
    assertWhole(fetch());
    assertThat(asked).containsExactly("null null null", "null null \"v1\"", "null null \"v1\"");
  }

  @Test
  void a_file_of_another_request_or_one_that_is_gone_is_fetched() throws IOException {
    assertWhole(fetch());
    Files.delete(folder.resolve("out/1.bin"));
    assertWhole(fetch());
    Path note = folder.resolve("out/.1.etag");
    Files.writeString(note, Files.readString(note).replaceFirst("^.", "?"));
    assertWhole(fetch());

    assertThat(asked).containsOnly("null null null").hasSize(3);
  }

  @Test
  void a_request_with_a_condition_of_its_own_is_sent_as_it_is() throws IOException {
    assertWhole(fetch());
    Cli own = fetch("--header=If-None-Match: \"other\"");

    assertWhole(own);
    assertThat(asked.getLast()).isEqualTo("null null \"other\"");
  }
}
