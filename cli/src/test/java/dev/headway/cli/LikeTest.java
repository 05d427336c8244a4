package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.Headway;
import dev.headway.cli.practice.ServerOptions;
import dev.headway.cli.practice.VendorServer;
import dev.headway.cli.vendor.ModelSettings;
import dev.headway.cli.vendor.VendorName;
import dev.headway.cli.vendor.VendorSettings;
import dev.headway.cli.vendor.VendorStats;
import dev.headway.cli.vendor.VendorStats.Refusals;
import dev.headway.http.LimitedHttpClient;
import dev.headway.http.Scope;
import dev.headway.http.ServerPause;
import dev.headway.limit.Rate;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;

/**
 * 1,000 requests against a strict server of each kind: nothing is lost, none is refused where the
 * server states its limit, and at most one episode of refusals begins where it does not.
 */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
final class LikeTest {

  private static final int REQUESTS = 1_000;
  private static final long ID = 1_000_000_000_000_000_000L;
  private static final VendorSettings OWN = VendorSettings.OWN;
  private static final Pattern REPORTED =
      Pattern.compile("(?:asks to wait|has no requests left for|; waiting) (\\d+)\\.\\d s, until");

  private static VendorServer start(VendorName name, VendorSettings settings) throws IOException {
    return VendorServer.start(ServerOptions.ON_ANY_PORT, name, settings);
  }

  private static String lines(IntFunction<String> line) {
    return IntStream.range(0, REQUESTS).mapToObj(line).collect(Collectors.joining("\n"));
  }

  private static String call(VendorServer server, String path, int number) {
    return """
    {"url": "%s%s", "body": {"model": "m", "max_tokens": 150, "messages":\
     [{"role": "user", "content": "What about %d?"}]}}\
    """
        .formatted(server.uri(), path, number);
  }

  /** Fetches all, of which none may be lost, or wait for the server for long without a word. */
  private static VendorStats fetch(VendorServer server, String input, String... options) {
    String[] arguments = new String[options.length + 2];
    arguments[0] = "fetch";
    System.arraycopy(options, 0, arguments, 1, options.length);
    arguments[arguments.length - 1] = "-";
    Cli ran = Cli.run(input, arguments);

    assertThat(ran.status()).as(ran.messages()).isEqualTo(0);
    List<JsonNode> results = ran.results();
    assertThat(results).extracting(result -> result.get("status").asInt()).containsOnly(200);
    assertThat(results).extracting(result -> result.get("id").asString()).doesNotHaveDuplicates();
    assertThat(results).hasSize(REQUESTS);
    assertThat(server.stats().accepted()).isEqualTo(REQUESTS);
    assertSilentFor(Duration.ofSeconds(2), results, ran.messages());
    return server.stats();
  }

  /** Each longer time in which no request started is one that was reported. */
  private static void assertSilentFor(Duration most, List<JsonNode> results, String messages) {
    List<Instant> starts =
        results.stream().map(r -> Instant.parse(r.get("startedAt").asString())).sorted().toList();
    long gaps =
        IntStream.range(1, starts.size())
            .filter(i ->
                Duration.between(starts.get(i - 1), starts.get(i)).compareTo(most.plusMillis(500))
                    > 0)
            .count();
    assertThat(REPORTED.matcher(messages).results().count())
        .as(messages)
        .isGreaterThanOrEqualTo(gaps);
  }

  private static void assertNoneRefused(VendorStats stats) {
    assertThat(stats.limits()).isEmpty();
    assertThat(stats.requests()).isEqualTo(REQUESTS);
  }

  private static void assertOneEpisode(VendorStats stats, String limit) {
    assertThat(stats.limits()).extracting(Refusals::name).containsExactly(limit);
    assertAtMostOneEpisode(stats);
  }

  private static void assertAtMostOneEpisode(VendorStats stats) {
    assertThat(stats.limits()).extracting(Refusals::episodes).allMatch(episodes -> episodes == 1);
  }

  @Test
  void the_quota_of_github_is_kept() throws IOException {
    VendorSettings settings = OWN.withRate(Rate.parse("400/2s")).withSpeed(60);
    try (VendorServer server = start(VendorName.GITHUB, settings)) {
      assertNoneRefused(fetch(server, lines(i -> server.uri() + "/repos/" + i)));
    }
  }

  @Test
  void the_secondary_limit_of_github_refuses_once() throws IOException {
    // 900 points in 10 s: it is used up before the window ends, and once.
    try (VendorServer server = start(VendorName.GITHUB, OWN.withSpeed(6))) {
      assertOneEpisode(fetch(server, lines(i -> server.uri() + "/repos/" + i)), "secondary");
    }
  }

  @Test
  void requests_and_tokens_of_openai_are_kept() throws IOException {
    VendorSettings settings =
        OWN.withRate(Rate.parse("400/3s"))
            .withBudgets(Map.of("tokens", Rate.parse("40000/3s")))
            .withModel(new ModelSettings(7, 60, java.util.OptionalDouble.empty()));
    try (VendorServer server = start(VendorName.OPENAI, settings)) {
      assertNoneRefused(
          fetch(
              server,
              lines(i -> {
                String line = call(server, "/v1/chat/completions", i);
                return line.replaceFirst("\\{", "{\"cost\": {\"tokens\": 170}, ");
              }),
              "--budget",
              "tokens=10000000/m",
              "--settle",
              "tokens=/usage/total_tokens"));
      assertThat(server.stats().outputTokens()).isPositive();
    }
  }

  @Test
  void requests_of_anthropic_are_kept_and_a_server_that_is_overloaded_loses_none()
      throws IOException {
    VendorSettings settings =
        OWN.withRate(Rate.parse("400/3s"))
            .withBudgets(
                Map.of(
                    "input-tokens", Rate.parse("100000/m"),
                    "output-tokens", Rate.parse("1000000/m")));
    ServerOptions busy = ServerOptions.ON_ANY_PORT.withBusyEvery(400);
    try (VendorServer server = VendorServer.start(busy, VendorName.ANTHROPIC, settings)) {
      VendorStats stats =
          fetch(server, lines(i -> call(server, "/v1/messages", i)), "--retry-any-method");
      assertThat(stats.limits()).isEmpty();
      assertThat(stats.busy()).isEqualTo(2);
    }
  }

  @Test
  void the_bucket_of_shopify_is_kept() throws IOException {
    try (VendorServer server = start(VendorName.SHOPIFY, OWN.withRate(Rate.parse("900/20s")))) {
      assertNoneRefused(fetch(server, lines(i -> server.uri() + "/admin/products/" + i)));
    }
  }

  @Test
  void the_buckets_of_discord_and_its_global_limit_are_kept() throws IOException {
    VendorSettings settings = OWN.withRate(Rate.parse("10/1s")).withSpeed(4);
    try (VendorServer server = start(VendorName.DISCORD, settings)) {
      VendorStats stats =
          fetch(
              server,
              lines(i -> server.uri() + "/channels/%d/messages/%d".formatted(ID + i / 20, ID + i)),
              "--scope=discord",
              "--count-from=end",
              "--rate=50/250ms");
      // Too late an arrival may exceed the global limit, which no field states; without a first
      // request alone to each channel, many of their buckets would refuse.
      assertThat(stats.limits().stream().filter(limit -> !limit.name().equals("global")))
          .hasSizeLessThan(3);
      assertAtMostOneEpisode(stats);
    }
  }

  @Test
  void the_tiers_of_slack_are_kept() throws IOException {
    try (VendorServer server = start(VendorName.SLACK, OWN.withRate(Rate.parse("200/1500ms")))) {
      assertAtMostOneEpisode(
          fetch(
              server,
              lines(i -> server.uri() + (i % 2 == 0 ? "/api/users.info?" : "/api/chat.me?") + i),
              "--scope=path=2",
              "--count-from=end",
              "--per-host=200/1500ms"));
    }
  }

  @Test
  void a_limit_of_slack_that_is_not_known_refuses_once() throws IOException {
    try (VendorServer server = start(VendorName.SLACK, OWN.withRate(Rate.parse("600/8s")))) {
      VendorStats stats = fetch(server, lines(i -> server.uri() + "/api/users.info?user=" + i));
      assertOneEpisode(stats, "users.info");
    }
  }

  @Test
  void the_http_client_keeps_the_quota_of_each_resource_of_github() throws Exception {
    VendorSettings settings = OWN.withRate(Rate.parse("400/2s")).withSpeed(60);
    List<ServerPause> pauses = new CopyOnWriteArrayList<>();
    try (VendorServer server = start(VendorName.GITHUB, settings);
        LimitedHttpClient client =
            LimitedHttpClient.builder().scope(Scope.gitHub()).onPause(pauses::add).build()) {
      List<Integer> statuses =
          Headway.unthrottled()
              .concurrency(20)
              .map(
                  IntStream.range(0, REQUESTS)
                      .mapToObj(i ->
                          HttpRequest.newBuilder(
                                  server.uri().resolve(i % 20 == 0 ? "/search/x" : "/users/" + i))
                              .build()),
                  request -> client.send(request, BodyHandlers.discarding()).statusCode())
              .toList();

      assertThat(statuses).hasSize(REQUESTS).containsOnly(200);
      assertNoneRefused(server.stats());
      assertThat(pauses).extracting(ServerPause::host).anyMatch(scope -> scope.endsWith(" core"));
    }
  }
}
