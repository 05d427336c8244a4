package dev.headway.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headway.throttle.Throttle;
import dev.headway.time.TimeSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(30)
final class LivePageTest {

  private final Throttle throttle = Throttle.of("40/s");
  private final Controls controls = new Controls(throttle, paused -> {});
  private final Recorder recorder = new Recorder(TimeSource.system());
  private final HttpClient client = HttpClient.newHttpClient();
  private volatile Picture.State state = Picture.State.RUNNING;
  private LivePage page;

  @BeforeEach
  void serve() throws IOException {
    page = LivePage.start(0, controls, this::picture);
  }

  private Picture picture() {
    Picture.State shown = controls.paused() ? Picture.State.PAUSED : state;
    return recorder.picture(shown, OptionalLong.of(3), controls.speed());
  }

  @AfterEach
  void stop() {
    page.close();
    client.shutdownNow();
  }

  private HttpResponse<String> post(String action, String body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(page.uri().resolve(action)).POST(BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> get(URI uri) throws Exception {
    return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  /** What comes, one picture after another. */
  private Iterator<JsonNode> events() throws Exception {
    HttpRequest request = HttpRequest.newBuilder(page.uri().resolve("events")).build();
    Stream<String> lines = client.send(request, BodyHandlers.ofLines()).body();
    return lines
        .filter(line -> !line.isEmpty())
        .map(line -> JsonMapper.shared().readTree(line.substring("data: ".length())))
        .iterator();
  }

  @Test
  void the_page_is_there_for_whoever_has_the_address_and_nobody_else() throws Exception {
    HttpResponse<String> found = get(page.uri());
    assertThat(found.statusCode()).isEqualTo(200);
    assertThat(found.body()).contains("data-kind=\"live\"");
    assertThat(found.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'", "frame-ancestors 'none'");
    assertThat(page.uri().getHost()).isEqualTo("127.0.0.1");
    assertThat(page.uri().getPath()).hasSizeGreaterThan(22);

    String address = page.uri().toString();
    String root = address.substring(0, address.indexOf('/', 8));
    String almost = address.substring(0, address.length() - 2) + "_/";
    for (String wrong : new String[] {"/", "/events", "/pause", "/x/", "/favicon.ico"}) {
      HttpResponse<String> nothing = get(URI.create(root + wrong));
      assertThat(nothing.statusCode()).as(wrong).isEqualTo(404);
      assertThat(nothing.body()).isEmpty();
    }
    if (!almost.equals(address)) {
      assertThat(get(URI.create(almost)).statusCode()).isEqualTo(404);
    }
    assertThat(get(page.uri().resolve("other")).statusCode()).isEqualTo(405);
  }

  @Test
  void each_page_has_an_address_of_its_own() throws Exception {
    try (LivePage other = LivePage.start(0, controls, this::picture)) {
      assertThat(other.uri().getPath()).isNotEqualTo(page.uri().getPath());
    }
  }

  @Test
  void buttons_pause_resume_and_slow_down_and_those_who_watch_are_told_at_once() throws Exception {
    Iterator<JsonNode> events = events();
    assertThat(events.next().at("/state").asString()).isEqualTo("RUNNING");

    assertThat(post("pause", "").statusCode()).isEqualTo(204);
    assertThat(throttle.tryAcquire()).isEmpty();
    JsonNode told = events.next();
    while (!told.at("/state").asString().equals("PAUSED")) {
      told = events.next();
    }
    assertThat(post("resume", "").statusCode()).isEqualTo(204);
    assertThat(throttle.tryAcquire()).isPresent();
    assertThat(post("rate", "25").statusCode()).isEqualTo(204);
    assertThat(throttle.snapshot().rules())
        .anySatisfy(rule -> assertThat(rule.limit()).hasToString("10/s"));
    while (told.at("/speed/percent").asInt() != 25) {
      told = events.next();
    }
    assertThat(told.at("/speed/now").asString()).isEqualTo("10/s");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "5", "101", "-20", "1e2", "99999999999999999"})
  void a_rate_that_may_not_be_is_refused_and_changes_nothing(String rate) throws Exception {
    assertThat(post("rate", rate).statusCode()).isEqualTo(400);
    assertThat(throttle.snapshot().rules())
        .anySatisfy(rule -> assertThat(rule.limit()).hasToString("40/s"));
  }

  @Test
  void what_another_site_sends_is_refused() throws Exception {
    String own = "http://" + page.uri().getAuthority();
    String[][] foreign = {
      {"Origin", "http://evil.example"},
      {"Origin", "null"},
      {"Origin", own.replace("127.0.0.1", "localhost")},
      {"Sec-Fetch-Site", "cross-site"},
      {"Sec-Fetch-Site", "same-site", "Origin", own},
    };
    for (String[] headers : foreign) {
      assertThat(post("pause", "", headers).statusCode()).as(headers[1]).isEqualTo(403);
    }
    assertThat(statusOf("events", "Sec-Fetch-Site", "cross-site")).isEqualTo(403);
    assertThat(statusOf("", "Sec-Fetch-Site", "cross-site")).isEqualTo(200);
    assertThat(controls.paused()).isFalse();
    assertThat(get(page.uri().resolve("pause")).statusCode()).isEqualTo(405);
    assertThat(controls.paused()).isFalse();
    assertThat(post("pause", "", "Origin", own, "Sec-Fetch-Site", "same-origin").statusCode())
        .isEqualTo(204);
  }

  private int statusOf(String asked, String... headers) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(page.uri().resolve(asked)).headers(headers).build();
    return client.send(request, BodyHandlers.discarding()).statusCode();
  }

  @Test
  void a_name_that_was_made_to_lead_here_is_refused() throws Exception {
    assertThat(statusFor("evil.example:" + page.uri().getPort())).isEqualTo("403");
    assertThat(statusFor("127.0.0.1")).isEqualTo("403");
    assertThat(statusFor(page.uri().getAuthority())).isEqualTo("200");
    assertThat(statusFor("localhost:" + page.uri().getPort())).isEqualTo("200");
  }

  private String statusFor(String host) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), page.uri().getPort());
        OutputStream out = socket.getOutputStream()) {
      String request =
          "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
              .formatted(page.uri().getPath(), host);
      out.write(request.getBytes(StandardCharsets.US_ASCII));
      try (BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
        return in.readLine().replaceFirst("^HTTP/1.1 (\\d+) .*", "$1");
      }
    }
  }

  @Test
  void those_who_watch_see_how_it_ended_and_then_nobody_answers() throws Exception {
    Iterator<JsonNode> events = events();
    events.next();
    state = Picture.State.DONE;
    page.close();

    JsonNode last = null;
    while (events.hasNext()) {
      last = events.next();
    }
    assertThat(last.at("/state").asString()).isEqualTo("DONE");
    assertThatThrownBy(() -> get(page.uri())).isInstanceOf(IOException.class);
  }

  @Test
  void who_does_not_take_what_is_sent_does_not_keep_the_run_from_ending() throws Exception {
    try (Socket idle = new Socket(InetAddress.getLoopbackAddress(), page.uri().getPort())) {
      String request =
          "GET %sevents HTTP/1.1\r\nHost: %s\r\n\r\n"
              .formatted(page.uri().getPath(), page.uri().getAuthority());
      idle.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      page.close();
    }
    assertThatThrownBy(() -> get(page.uri())).isInstanceOf(IOException.class);
  }

  @Test
  void a_port_that_is_taken_is_not_shared() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> LivePage.start(taken.getLocalPort(), controls, this::picture))
          .isInstanceOf(BindException.class);
    }
  }
}
