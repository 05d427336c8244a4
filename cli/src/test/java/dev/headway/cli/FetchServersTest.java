package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.cli.Scripted.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What fetch sends, what it makes of responses, and when it gives up. */
@Timeout(60)
final class FetchServersTest {

  private static final String UNPAID =
      "{\"error\": {\"message\": \"You exceeded your current quota\", \"code\":"
          + " \"insufficient_quota\"}}";

  @TempDir private Path folder;

  @Test
  void a_quota_that_is_used_up_for_ever_ends_the_run_at_once_with_its_reason() throws IOException {
    boolean[] paid = {false};
    try (Scripted server =
        new Scripted((request, count) ->
            count == 1 || paid[0] ? new Answer(200, "x") : new Answer(429, UNPAID))) {
      String results = folder.resolve("results.jsonl").toString();
      String[] arguments = {"fetch", "--concurrency", "1", "--output", results, "--resume", "-"};
      Cli ran = Cli.run(server.urls(8), arguments);

      assertThat(ran.status()).isEqualTo(75);
      assertThat(ran.messages())
          .contains(
              "stopped: "
                  + server.host()
                  + " answered 429: insufficient_quota: You exceeded your current quota",
              "--resume");
      assertThat(server.requests()).hasSize(2);

      paid[0] = true;
      assertThat(Cli.run(server.urls(8), arguments).status()).isEqualTo(0);
      assertThat(Cli.results(Files.readString(Path.of(results)))).hasSize(8);
      assertThat(server.requests()).hasSize(9);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 407})
  void a_host_that_admits_nothing_ends_the_run_after_25_requests(int status) throws IOException {
    try (Scripted server = new Scripted((request, count) -> new Answer(status, "no"))) {
      Cli ran = Cli.run(server.urls(200), "fetch", "--concurrency=1", "-");
      assertThat(ran.status()).isEqualTo(75);
      // One more may be in flight.
      assertThat(ran.results()).hasSizeBetween(25, 27);
    }
  }

  @Test
  void a_host_that_cannot_be_used_ends_the_run_after_25_requests_unless_max_failures_is_none()
      throws IOException {
    try (Scripted server = new Scripted((request, count) -> new Answer(401, "no"))) {
      Cli ran = Cli.run(server.urls(200), "fetch", "--concurrency=1", "-");
      assertThat(ran.status()).isEqualTo(75);
      // One more may be in flight.
      assertThat(ran.results()).hasSizeBetween(25, 27);
      assertThat(ran.messages())
          .contains(
              "stopped: none of the first 25 requests succeeded, all to " + server.host(),
              "the server answered 401",
              "--max-failures none goes on all the same");
      Cli enduring = Cli.run(server.urls(40), "fetch", "--max-failures=none", "-");
      assertThat(enduring.status()).isEqualTo(1);
      assertThat(enduring.results()).hasSize(40);
    }
    Cli closed = Cli.run("http://127.0.0.1:1/\n".repeat(60), "fetch", "--retries=0", "-");
    assertThat(closed.status()).isEqualTo(75);
    assertThat(closed.messages()).contains("no connection to the server");
  }

  @Test
  void other_failures_and_other_hosts_do_not_end_the_run() throws IOException {
    try (Scripted one = new Scripted((request, count) -> new Answer(401, "no"));
        Scripted other = new Scripted((request, count) -> new Answer(401, "no"));
        Scripted missing =
            new Scripted((request, count) -> new Answer(count == 1 ? 404 : 401, "no"))) {
      Cli twoHosts = Cli.run(one.urls(20) + other.urls(40), "fetch", "--ordered", "-");
      assertThat(twoHosts.results()).hasSize(60);
      assertThat(Cli.run(missing.urls(60), "fetch", "-c1", "-").results()).hasSize(60);
    }
    try (Scripted once = new Scripted((request, count) -> new Answer(count == 3 ? 200 : 401, ""))) {
      assertThat(Cli.run(once.urls(60), "fetch", "-c1", "-").results()).hasSize(60);
    }
  }

  @Test
  void requests_say_who_sends_them_unless_a_header_does() throws IOException {
    try (Scripted server = new Scripted((request, count) -> new Answer(200, "x"))) {
      Cli.run(server.urls(1), "fetch", "-");
      Cli.run(server.urls(1), "fetch", "-H", "User-Agent: mine/1", "-");

      assertThat(server.requests().get(0).headers().getFirst("User-Agent"))
          .startsWith("headway/")
          .doesNotContain("Java");
      assertThat(server.requests().get(1).headers().getFirst("User-Agent")).isEqualTo("mine/1");
    }
  }

  @Test
  void headers_with_secrets_stay_with_their_host_whatever_their_names() throws Exception {
    try (Scripted other = new Scripted((request, count) -> new Answer(200, "x"));
        Scripted first =
            new Scripted((request, count) -> new Answer(302, "", "Location", other.uri() + "/"))) {
      Path file = Files.writeString(folder.resolve("headers"), "X-Tenant: t3nant\n");
      Cli ran =
          Spawned.run(
              Map.of("SECRET", "s3cret"),
              first.urls(1),
              "fetch",
              "--follow",
              "--header-file=" + file,
              "--header=X-Mine: ${SECRET}",
              "--header=X-Public: p",
              "-");

      assertThat(ran.status()).as(ran.messages()).isEqualTo(0);
      assertThat(first.requests().getFirst().headers())
          .containsKeys("X-tenant", "X-mine", "X-public");
      assertThat(other.requests().getFirst().headers())
          .containsKey("X-public")
          .doesNotContainKeys("X-tenant", "X-mine");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "github,                  /search/code,    /repos/a/b",
    "path=1,                  /search/x,       /core/x",
    "path=^/v1/(\\w+),        /v1/search?q=1,  /v1/core",
    "host,                    /search,         ''",
  })
  void pauses_hold_for_their_scope_alone(String scope, String paused, String free)
      throws IOException {
    try (Scripted server =
        new Scripted((request, count) ->
            request.path().equals(paused)
                ? new Answer(
                    200,
                    "x",
                    "X-RateLimit-Limit",
                    "9",
                    "X-RateLimit-Remaining",
                    "0",
                    "X-RateLimit-Reset",
                    "3")
                : new Answer(200, "x"))) {
      String lines =
          String.join("\n", List.of(server.uri() + paused, server.uri() + paused))
              + "\n"
              + (server.uri() + free + "\n").repeat(3);
      Cli ran = Cli.run(lines, "fetch", "--concurrency=2", "--scope", scope, "-");

      assertThat(ran.status()).as(ran.messages()).isEqualTo(0);
      long waited =
          ran.results().stream()
              .filter(result -> result.get("waitedMs").asDouble() > 1_000)
              .filter(result -> result.get("url").asString().endsWith(free))
              .count();
      assertThat(waited).isEqualTo(scope.equals("host") ? 4 : 0);
      assertThat(ran.messages()).contains("has no requests left for 3.0 s, until ");
    }
  }

  @Test
  void a_scope_by_a_header_shows_no_secret() throws Exception {
    try (Scripted server =
        new Scripted((request, count) ->
            count == 1 ? new Answer(429, "", "Retry-After", "3") : new Answer(200, "x"))) {
      Cli ran =
          Spawned.run(
              Map.of("TENANT", "t3nant"),
              server.urls(1),
              "fetch",
              "--scope=header=X-Tenant",
              "--header=X-Tenant: ${TENANT}",
              "-");

      assertThat(ran.status()).as(ran.messages()).isEqualTo(0);
      assertThat(ran.messages()).contains(" X-Tenant ${TENANT} answered 429").doesNotContain("t3n");
    }
  }

  @Test
  void rates_count_on_arrival_so_that_slow_responses_cost_little_quota() throws IOException {
    try (Scripted slow =
        new Scripted((request, count) -> {
          TimeUnit.MILLISECONDS.sleep(2_500);
          return new Answer(200, "x");
        })) {
      // From the end the second four would start after the first response and a second.
      Cli ran =
          Cli.run(slow.urls(8), "fetch", "--rate", "4/s", "--count-from", "arrival=50ms", "-");

      assertThat(ran.status()).isEqualTo(0);
      assertThat(sinceFirst(slow, 7)).isBetween(Duration.ofMillis(1_000), Duration.ofMillis(2_400));
    }
    try (Scripted slow =
        new Scripted((request, count) -> {
          TimeUnit.MILLISECONDS.sleep(3_500);
          return new Answer(200, "x");
        })) {
      Cli ran = Cli.run(slow.urls(8), "fetch", "--rate", "4/s", "-");

      assertThat(ran.status()).isEqualTo(0);
      assertThat(sinceFirst(slow, 7)).isBetween(Duration.ofMillis(1_900), Duration.ofMillis(3_400));
    }
  }

  private static Duration sinceFirst(Scripted server, int request) {
    return Duration.ofNanos(
        server.requests().get(request).nanos() - server.requests().getFirst().nanos());
  }

  @Test
  void an_attempt_may_take_longer_than_the_timeout_while_bytes_come() throws Exception {
    try (Dripping server = new Dripping(10, Duration.ofMillis(400))) {
      Cli whole = Cli.run(server.uri(), "fetch", "--timeout=3s", "--retries=0", "-");
      assertThat(whole.status()).as(whole.out()).isEqualTo(0);
      assertThat(whole.results().getFirst().get("tookMs").asDouble()).isGreaterThan(3_500);

      Cli total = Cli.run(server.uri(), "fetch", "--total-timeout=2s", "--retries=0", "-");
      assertThat(total.results().getFirst().get("error").asString())
          .isEqualTo("no answer in time: it took longer than --total-timeout 2.0 s");
      assertThat(total.results().getFirst().get("tookMs").asDouble()).isBetween(1_900.0, 3_500.0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"timeout", "total-timeout", "connect-timeout"})
  void no_time_at_all_is_refused(String option) {
    Cli ran = Cli.run("", "fetch", "--" + option, "0s", "-");
    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.messages()).contains("--" + option + ": \"0\" leaves no time");
  }

  @Test
  void arrivals_are_not_known_of_shared_limits() {
    Cli ran =
        Cli.run(
            "", "fetch", "--rate=1/s", "--shared=redis://127.0.0.1:1", "--count-from=arrival", "-");
    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.messages()).contains("--count-from arrival is not for --shared limits");
  }

  @Test
  void results_have_the_headers_of_responses_but_cookies() throws IOException {
    try (Scripted server =
        new Scripted((request, count) ->
            new Answer(
                302, "", "Location", "/there", "X-A", "1", "X-A", "2", "Set-Cookie", "s=1"))) {
      JsonNode headers = Cli.run(server.urls(1), "fetch", "-").results().getFirst().get("headers");
      assertThat(headers.get("location").asString()).isEqualTo("/there");
      assertThat(headers.get("x-a").asString()).isEqualTo("1, 2");
      assertThat(headers.has("set-cookie")).isFalse();

      JsonNode some =
          Cli.run(server.urls(1), "fetch", "--headers=x-a,set-cookie", "-").results().getFirst();
      assertThat(some.get("headers").propertyNames())
          .containsExactlyInAnyOrder("x-a", "set-cookie");
      Cli none = Cli.run(server.urls(1), "fetch", "--headers=none", "-");
      assertThat(none.results().getFirst().has("headers")).isFalse();
    }
  }

  @Test
  void a_secret_that_a_header_of_a_response_repeats_is_not_written() throws Exception {
    try (Scripted server =
        new Scripted(
            (request, count) -> new Answer(302, "", "Location", "/login?for=" + request.path()))) {
      Cli ran =
          Spawned.run(
              Map.of("KEY", "s3cr3t-k3y"),
              "a\n",
              "fetch",
              "--url",
              server.uri() + "/{}?k=${KEY}",
              "-");

      assertThat(server.paths()).containsExactly("/a?k=s3cr3t-k3y");
      assertThat(ran.results().getFirst().get("headers").get("location").asString())
          .isEqualTo("/login?for=/a?k=${KEY}");
      assertThat(ran.out() + ran.messages()).doesNotContain("s3cr3t");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "text/plain; charset=iso-8859-1   | 636166e9     | café",
        "text/plain; charset=\"UTF-16LE\" | 6300e900     | cé",
        "text/plain                       | 636166c3a9   | café",
        "text/plain; charset=no-such      | 636166c3a9   | café",
        "text/plain; charset=utf-8        | 636166e9     |",
        "text/plain; charset=us-ascii     | 636166e9     |",
        "text/plain; charset=utf-16       | fffe6300     |",
        "image/png                        | 89504e470d0a |",
      })
  void a_body_is_text_where_its_bytes_can_be_had_back_from_that(
      String type, String hex, String text) throws Exception {
    byte[] bytes = HexFormat.of().parseHex(hex);
    try (RawServer server = new RawServer(200, bytes, "Content-Type", type)) {
      JsonNode result = Cli.run(server.uri(), "fetch", "-").results().getFirst();
      if (text == null) {
        assertThat(result.get("bodyBase64").binaryValue()).isEqualTo(bytes);
      } else {
        assertThat(result.get("body").asString()).isEqualTo(text);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate"})
  void compressed_bodies_are_asked_for_and_decoded_but_saved_as_received(String encoding)
      throws Exception {
    byte[] plain = "{\"total\": 7, \"text\": \"hello\"}".getBytes(StandardCharsets.UTF_8);
    byte[] packed = RawServer.encoded(encoding, plain);
    try (RawServer server = new RawServer(200, packed, "Content-Encoding", encoding)) {
      Path raw = folder.resolve("raw");
      Path decoded = folder.resolve("decoded");
      JsonNode result = Cli.run(server.uri(), "fetch", "-").results().getFirst();
      assertThat(result.get("body").asString())
          .isEqualTo(new String(plain, StandardCharsets.UTF_8));
      assertThat(server.lastHeader("Accept-Encoding")).contains("gzip", "deflate");

      Cli.run(server.uri(), "fetch", "--bodies=" + raw, "-");
      assertThat(server.lastHeader("Accept-Encoding")).isEmpty();
      assertThat(Files.readAllBytes(raw.resolve("1.bin"))).isEqualTo(packed);

      Cli.run(server.uri(), "fetch", "--decode", "--bodies=" + decoded, "-");
      assertThat(Files.readAllBytes(decoded.resolve("1.bin"))).isEqualTo(plain);

      // Were the cost not settled, the third would wait for an hour.
      String line = "{\"url\": \"%s\", \"cost\": {\"tokens\": 10}}\n".formatted(server.uri());
      for (String bodies : List.of("--bodies=" + raw, "--ordered")) {
        Cli settled =
            Cli.run(
                line.repeat(3),
                "fetch",
                "-c1",
                bodies,
                "--budget=tokens=24/h",
                "--settle=tokens=/total",
                "-");
        assertThat(settled.status()).as(settled.messages()).isEqualTo(0);
      }
    }
    assertThat(Cli.run("", "fetch", "--decode", "-").messages())
        .contains("--decode is for --bodies");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--fail-if=/total=8", "--settle=tokens=/total"})
  void a_saved_body_that_cannot_be_decoded_is_a_result_with_its_status(String looks)
      throws Exception {
    byte[] packed = RawServer.encoded("gzip", "{\"total\": 8}".getBytes(StandardCharsets.UTF_8));
    byte[] cut = Arrays.copyOf(packed, packed.length / 2);
    try (RawServer server = new RawServer(200, cut, "Content-Encoding", "gzip")) {
      String line = "{\"url\": \"%s\", \"cost\": {\"tokens\": 1}}".formatted(server.uri());
      Path bodies = folder.resolve("bodies");
      Cli ran = Cli.run(line, "fetch", "--budget=tokens=9/h", looks, "--bodies=" + bodies, "-");

      assertThat(ran.status()).as(ran.messages()).isEqualTo(0);
      assertThat(ran.results().getFirst().get("status").asInt()).isEqualTo(200);
      assertThat(Files.readAllBytes(bodies.resolve("1.bin"))).isEqualTo(cut);
    }
  }

  @Test
  void a_decoded_body_is_limited_too() throws Exception {
    byte[] packed = RawServer.encoded("gzip", new byte[3 << 20]);
    try (RawServer server = new RawServer(200, packed, "Content-Encoding", "gzip")) {
      JsonNode result = Cli.run(server.uri(), "fetch", "--max-body=2", "-").results().getFirst();
      assertThat(result.get("error").asString())
          .isEqualTo("the server answered 200 with a body longer than 2 MiB");
    }
  }

  @Test
  void an_errors_body_is_in_body_and_its_error_is_short() throws IOException {
    try (Scripted server = new Scripted((request, count) -> new Answer(404, "{\"code\": 7}"))) {
      JsonNode result = Cli.run(server.urls(1), "fetch", "-").results().getFirst();
      assertThat(result.get("error").asString()).isEqualTo("the server answered 404");
      assertThat(result.get("body").asString()).isEqualTo("{\"code\": 7}");
    }
  }

  @Test
  void statuses_that_are_named_are_retried_if_the_method_allows_it() throws IOException {
    try (Scripted server =
        new Scripted((request, count) -> new Answer(count % 2 == 1 ? 404 : 200, "x"))) {
      String post = "{\"url\": \"%s/p\", \"method\": \"POST\"}\n".formatted(server.uri());
      for (String named : List.of("423,404", "4xx")) {
        Cli get = Cli.run(server.urls(1), "fetch", "--retry-on", named, "-");
        assertThat(get.results().getFirst().get("status").asInt()).isEqualTo(200);
        assertThat(get.results().getFirst().get("attempts").asInt()).isEqualTo(2);
      }
      Cli posted = Cli.run(post, "fetch", "--retry-on=404", "-");
      assertThat(posted.results().getFirst().get("attempts").asInt()).isEqualTo(1);
    }
    assertThat(Cli.run("", "fetch", "--retry-on=never", "-").messages())
        .contains("--retry-on: \"never\" is not a status; write one such as 404 or 5xx");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/error=ratelimited | 200 | {\"ok\":false,\"error\":\"ratelimited\"}",
        "/ok=false          | 200 | {\"ok\":false}",
        "/errors/0          | 200 | {\"errors\":[{\"code\":1}]}",
        "/code=17           | 400 | {\"code\":17}",
      })
  void what_is_in_a_body_makes_it_retried_whatever_its_method(
      String condition, int status, String refusal) throws IOException {
    boolean[] forEver = {false};
    try (Scripted server =
        new Scripted((request, count) ->
            count == 1 || forEver[0]
                ? new Answer(status, refusal)
                : new Answer(200, "{\"ok\":true,\"error\":null,\"errors\":[],\"code\":1}"))) {
      String line = "{\"url\": \"%s/\", \"body\": {}}".formatted(server.uri());
      Cli ran = Cli.run(line, "fetch", "--retry-if", condition, "-");
      assertThat(ran.status()).as(ran.out()).isEqualTo(0);
      assertThat(ran.results().getFirst().get("attempts").asInt()).isEqualTo(2);

      forEver[0] = true;
      Cli failed = Cli.run(line, "fetch", "--retries=1", "--retry-if", condition, "-");
      assertThat(failed.status()).isEqualTo(1);
      assertThat(failed.results().getFirst().get("attempts").asInt()).isEqualTo(2);
      assertThat(failed.results().getFirst().get("body").asString()).isEqualTo(refusal);
    }
  }

  @Test
  void what_is_in_a_body_makes_it_a_failure() throws IOException {
    try (Scripted server =
        new Scripted((request, count) ->
            new Answer(200, count == 1 ? "{\"ok\":true}" : count == 2 ? "{\"ok\":false}" : "x"))) {
      Path bodies = folder.resolve("bodies");
      for (String option : List.of("--ordered", "--bodies=" + bodies)) {
        server.requests().clear();
        Cli ran = Cli.run(server.urls(3), "fetch", "-c1", option, "--fail-if", "/ok=false", "-");
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.results())
            .extracting(result -> result.path("error").asString(""))
            .containsExactly("", "the server answered 200 with \"false\" at /ok", "");
        assertThat(ran.results().get(1).get("attempts").asInt()).isEqualTo(1);
      }
    }
    assertThat(Cli.run("", "fetch", "--fail-if=ok", "-").messages())
        .contains("--fail-if: \"ok\" is not /POINTER or /POINTER=VALUE");
  }
}
