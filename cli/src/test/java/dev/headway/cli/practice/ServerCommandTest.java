package dev.headway.cli.practice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.cli.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

@Timeout(30)
final class ServerCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void prints_its_address_and_serves_until_it_is_interrupted() throws Exception {
    PipedReader address = new PipedReader();
    CommandLine command = command().setOut(new PrintWriter(new PipedWriter(address)));
    FutureTask<Integer> run =
        new FutureTask<>(
            () -> command.execute("server", "--port", "0", "--rate", "1/60s", "--latency", "1ms"));
    Thread thread = Thread.ofVirtual().start(run);

    String firstLine = new BufferedReader(address).readLine();
    assertThat(firstLine).matches("http://127\\.0\\.0\\.1:\\d+");
    assertThat(get(firstLine).statusCode()).isEqualTo(200);
    assertThat(get(firstLine).statusCode()).isEqualTo(429);

    thread.interrupt();
    assertThat(run.get()).isEqualTo(130);
    assertThat(err.toString()).contains("1/", "/stats", "Ctrl-C");
  }

  @Test
  void imitates_a_service_with_the_numbers_that_are_given() throws Exception {
    PipedReader address = new PipedReader();
    CommandLine command = command().setOut(new PrintWriter(new PipedWriter(address)));
    FutureTask<Integer> run =
        new FutureTask<>(() ->
            command.execute("server", "--port=0", "--like=github", "--rate=1/2h", "--speed=9"));
    Thread thread = Thread.ofVirtual().start(run);

    String firstLine = new BufferedReader(address).readLine();
    assertThat(get(firstLine + "/user").headers().firstValue("x-ratelimit-limit")).hasValue("1");
    assertThat(get(firstLine + "/user").statusCode()).isEqualTo(403);
    assertThat(get(firstLine + "/stats").body())
        .isEqualTo(
            "{\"like\":\"github\",\"requests\":2,\"accepted\":1,\"refused\":1,\"busy\":0,"
                + "\"dropped\":0,\"inputTokens\":0,\"outputTokens\":0,\"limits\":[{\"name\":"
                + "\"core\",\"limit\":1,\"refused\":1,\"episodes\":1}]}");

    thread.interrupt();
    assertThat(run.get()).isEqualTo(130);
    assertThat(err.toString()).contains("GitHub", "/stats", "Ctrl-C");
  }

  @Test
  void a_port_in_use_is_named_with_what_to_do_instead() throws Exception {
    try (PracticeServer other = PracticeServer.start(ServerOptions.ON_ANY_PORT)) {
      String port = Integer.toString(other.uri().getPort());

      assertThat(command().execute("server", "--port", port)).isEqualTo(2);
      assertThat(err.toString()).contains("port " + port, "--port N", "--port 0");
      assertThat(out.toString()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--rate, often, often",
    "--latency, long, long",
    "--port, 70000, 70000",
    "--busy-every, -1, busy-every",
    "--drop-every, -1, drop-every"
  })
  void wrong_usage_is_quoted_and_ends_with_2(String option, String value, String quoted) {
    assertThat(command().execute("server", option, value)).isEqualTo(2);
    assertThat(err.toString()).contains(quoted);
    assertThat(out.toString()).isEmpty();
  }

  private CommandLine command() {
    return Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
  }

  private static HttpResponse<String> get(String uri) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.ofString());
    }
  }
}
