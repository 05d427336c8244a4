package dev.headway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headway.http.TestServer.Answer;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits, quotas and pauses apply to a scope: the host, or what a function says. */
class ScopeTest extends InVirtualTime {

  private static String name(Scope scope, String method, String uri, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(uri)).method(method, HttpRequest.BodyPublishers.noBody());
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return scope.of(request.build());
  }

  @ParameterizedTest
  @CsvSource({
    "1, https://example.org/v1/search/all?q=/x, example.org/v1",
    "2, https://example.org/v1/search/all?q=/x, example.org/v1/search",
    "9, http://Example.org:8080/v1/search, example.org:8080/v1/search",
    "2, https://example.org/, example.org",
    "2, https://example.org, example.org",
    "1, https://example.org/a%2Fb/c, example.org/a%2Fb",
  })
  void thePathsFirstSegmentsAreAScope(int segments, String uri, String name) {
    assertThat(name(Scope.pathPrefix(segments), "GET", uri)).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource({
    "/shops/([^/]+), https://example.org/shops/red/orders, example.org red",
    "/shops/[^/]+, https://example.org/shops/red/orders, example.org/shops/red",
    "/shops/([^/]+), https://example.org/other, example.org",
    "/shops/(red)?, https://example.org/shops/blue, example.org",
  })
  void aPartOfThePathIsAScope(String pattern, String uri, String name) {
    assertThat(name(Scope.path(Pattern.compile(pattern)), "GET", uri)).isEqualTo(name);
  }

  @Test
  void aHeaderIsAScopeAndASecretIsNotShown() {
    String uri = "https://example.org/";
    assertThat(name(Scope.header("X-Team"), "GET", uri, "x-team", "red"))
        .isEqualTo("example.org X-Team red");
    String one = name(Scope.header("X-Api-Key"), "GET", uri, "X-Api-Key", "secret-1");
    String other = name(Scope.header("X-Api-Key"), "GET", uri, "X-Api-Key", "secret-2");
    assertThat(one).startsWith("example.org X-Api-Key ").doesNotContain("secret");
    assertThat(other).isNotEqualTo(one);
    assertThat(name(Scope.header("X-Api-Key"), "GET", uri, "X-Api-Key", "secret-1")).isEqualTo(one);
    assertThat(name(Scope.header("X-Team"), "GET", uri)).isEqualTo("example.org");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, https://api.github.com/search/issues?q=x, api.github.com search",
    "GET, https://api.github.com/search/code?q=x, api.github.com code_search",
    "POST, https://api.github.com/graphql, api.github.com graphql",
    "GET, https://api.github.com/repos/a/b, api.github.com core",
    "GET, https://api.github.com/searchable, api.github.com core",
    "POST, https://api.github.com/app-manifests/x/conversions, api.github.com integration_manifest",
    "POST, https://api.github.com/repos/a/b/code-scanning/sarifs, api.github.com"
        + " code_scanning_upload",
    "GET, https://api.github.com/repos/a/b/code-scanning/sarifs, api.github.com core",
    "POST, https://api.github.com/repos/a/b/dependency-graph/snapshots, api.github.com"
        + " dependency_snapshots",
    "GET, https://git.example.org/api/v3/search/users, git.example.org search",
    "POST, https://git.example.org/api/graphql, git.example.org graphql",
  })
  void aResourceOfGitHubIsAScope(String method, String uri, String name) {
    assertThat(name(Scope.gitHub(), method, uri)).isEqualTo(name);
  }

  @Test
  void aBucketOfDiscordIsAScope() {
    Scope discord = Scope.discord();
    String api = "https://discord.com/api/v10";
    String channel = api + "/channels/123456789012345678";
    String message = name(discord, "GET", channel + "/messages/223456789012345678");

    assertThat(message)
        .isEqualTo("discord.com GET /api/v10/channels/123456789012345678/messages/:id");
    assertThat(name(discord, "GET", channel + "/messages/323456789012345678")).isEqualTo(message);
    assertThat(name(discord, "DELETE", channel + "/messages/223456789012345678"))
        .isNotEqualTo(message);
    assertThat(name(discord, "GET", api + "/channels/923456789012345678/messages/1"))
        .isNotEqualTo(name(discord, "GET", channel + "/messages/1"));
    assertThat(name(discord, "PUT", channel + "/messages/223456789012345678/reactions/a/@me"))
        .isEqualTo(name(discord, "PUT", channel + "/messages/223456789012345678/reactions/b/@me"));
    assertThat(name(discord, "POST", api + "/webhooks/123456789012345678/secret-token"))
        .doesNotContain("secret-token")
        .isNotEqualTo(name(discord, "POST", api + "/webhooks/123456789012345678/other"));
  }

  @Test
  void eachScopeHasLimitsOfItsOwn() throws Exception {
    try (TestServer server = TestServer.of(200);
        LimitedHttpClient client = client().scope(Scope.pathPrefix(1)).perHost("1/10s").build()) {
      for (String path : List.of("/a/1", "/b/1", "/c")) {
        send(client, server.get(path));
      }
      assertThat(time.elapsed()).isZero();
      send(client, server.get("/a/2"));
      assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(10));
    }
  }

  @Test
  void aQuotaOfOneResourceOfGitHubHoldsUpNoOther() throws Exception {
    try (TestServer server =
            new TestServer((request, count) ->
                request.target().startsWith("/search")
                    ? new Answer(
                        200,
                        "",
                        "X-RateLimit-Limit",
                        "30",
                        "X-RateLimit-Remaining",
                        "0",
                        "X-RateLimit-Reset",
                        "60",
                        "X-RateLimit-Resource",
                        "search")
                    : new Answer(200, "", "X-RateLimit-Resource", "core"));
        LimitedHttpClient client = client().scope(Scope.gitHub()).build()) {
      send(client, server.get("/search/issues"));
      send(client, server.get("/repos/a/b"));
      assertThat(time.elapsed()).isZero();
      send(client, server.get("/search/users"));
      assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(60));
    }
  }

  @Test
  void aRefusalPausesItsScopeAlone() throws Exception {
    List<ServerPause> told = new ArrayList<>();
    try (TestServer server =
            new TestServer((request, count) ->
                count == 1 ? new Answer(429, "", "Retry-After", "30") : new Answer(200, ""));
        LimitedHttpClient client =
            client()
                .scope(Scope.header("X-Api-Key"))
                .retry(dev.headway.Retry.upTo(0).throttledUpTo(0))
                .onPause(told::add)
                .build()) {
      HttpRequest one =
          HttpRequest.newBuilder(server.uri("/")).header("X-Api-Key", "secret-1").build();
      HttpRequest other =
          HttpRequest.newBuilder(server.uri("/")).header("X-Api-Key", "secret-2").build();
      assertThat(send(client, one).statusCode()).isEqualTo(429);
      send(client, other);
      assertThat(time.elapsed()).isZero();
      send(client, one);
      assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(30));
    }
    assertThat(told).hasSize(1);
    assertThat(told.getFirst().host()).contains("X-Api-Key").doesNotContain("secret");
  }

  @Test
  void aScopeThatThrowsFailsItsRequestAlone() throws Exception {
    try (TestServer server = TestServer.of(200);
        LimitedHttpClient client =
            client()
                .scope(request -> {
                  if (request.uri().getPath().equals("/bad")) {
                    throw new IllegalStateException("of the test");
                  }
                  return "all";
                })
                .build()) {
      assertThatThrownBy(() -> send(client, server.get("/bad")))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("of the test");
      assertThat(send(client, server.get("/good")).statusCode()).isEqualTo(200);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "-1"})
  void aPathPrefixHasASegment(int segments) {
    assertThatThrownBy(() -> Scope.pathPrefix(segments))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not " + segments);
  }

  @Test
  void theFirstResponseOfAScopeStatesItsLimitBeforeOthersAreSent() throws Exception {
    AtomicInteger refused = new AtomicInteger();
    Map<String, AtomicInteger> sent = new ConcurrentHashMap<>();
    try (TestServer server =
            new TestServer((request, count) -> {
              int number =
                  sent.computeIfAbsent(request.target().substring(0, 2), p -> new AtomicInteger())
                      .incrementAndGet();
              boolean isOver = number > 5 && time.elapsed().toSeconds() < 30;
              refused.addAndGet(isOver ? 1 : 0);
              return new Answer(
                  isOver ? 429 : 200,
                  "",
                  "X-RateLimit-Limit",
                  "5",
                  "X-RateLimit-Remaining",
                  "" + (4 - (number - 1) % 5),
                  "X-RateLimit-Reset",
                  "30");
            });
        LimitedHttpClient client = client().scope(Scope.pathPrefix(1)).probeFirst().build()) {
      List<HttpRequest> requests = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        requests.add(server.get(i % 2 == 0 ? "/a/" + i : "/b/" + i));
      }

      assertThat(sendAll(client, requests)).extracting(HttpResponse::statusCode).containsOnly(200);
      assertThat(refused).hasValue(0);
    }
  }

  @Test
  void othersFollowASecondAfterTheFirstWhereNoResponseComes() throws Exception {
    List<Duration> sent = new CopyOnWriteArrayList<>();
    VirtualClient below =
        new VirtualClient(
            time,
            request -> {
              sent.add(time.elapsed());
              time.sleep(Duration.ofSeconds(20));
              return new VirtualClient.Reply(200, Fields.of());
            });
    try (LimitedHttpClient client = client().client(below.builder()).probeFirst().build()) {
      HttpRequest request = HttpRequest.newBuilder(URI.create("http://example.org/")).build();
      sendAll(client, Collections.nCopies(4, request));
    }

    Duration second = Duration.ofSeconds(1);
    assertThat(sent).containsExactly(Duration.ZERO, second, second, second);
  }
}
