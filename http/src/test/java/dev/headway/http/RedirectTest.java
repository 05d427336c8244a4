package dev.headway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headway.http.TestServer.Answer;
import dev.headway.http.TestServer.Request;
import dev.headway.throttle.Throttle;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Redirects are followed one request after the other, each with a permit of its own. */
class RedirectTest extends InVirtualTime {

  private static TestServer redirecting(int status, String location) {
    return new TestServer((request, count) ->
        count == 1 ? new Answer(status, "go on", "Location", location) : new Answer(200, "there"));
  }

  private LimitedHttpClient following() {
    return client().followRedirects(Redirect.NORMAL).build();
  }

  @ParameterizedTest
  @CsvSource({
    "301, POST, GET, ''",
    "302, POST, GET, ''",
    "303, POST, GET, ''",
    "303, PUT, GET, ''",
    "303, HEAD, HEAD, ''",
    "301, PUT, PUT, it",
    "302, DELETE, DELETE, it",
    "307, POST, POST, it",
    "308, POST, POST, it",
    "307, PUT, PUT, it",
  })
  void theMethodAndBodyAreThoseThatTheStatusAsksFor(
      int status, String method, String then, String body) throws Exception {
    try (TestServer server = redirecting(status, "/there");
        LimitedHttpClient client = following()) {
      HttpRequest request =
          HttpRequest.newBuilder(server.uri("/here"))
              .header("Content-Type", "text/plain")
              .header("Accept", "text/html")
              .method(
                  method,
                  method.equals("HEAD") ? BodyPublishers.noBody() : BodyPublishers.ofString("it"))
              .build();
      Exchange<String> exchange = exchange(client, request);

      assertThat(exchange.response().statusCode()).isEqualTo(200);
      assertThat(exchange.attempts()).isEqualTo(2);
      Request second = server.requests().get(1);
      assertThat(second.method()).isEqualTo(then);
      assertThat(second.target()).isEqualTo("/there");
      assertThat(second.body()).isEqualTo(body);
      assertThat(second.fields().getFirst("Accept")).isEqualTo("text/html");
      assertThat(second.fields().containsKey("Content-Type")).isEqualTo(then.equals(method));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/x, /x",
    "x, /a/x",
    "../x?y=1, /x?y=1",
    "?y=1, /a/b?y=1",
    "./, /a/",
    "/x#part, /x",
    "/%C3%A4, /%C3%A4",
  })
  void aRelativeLocationIsReadFromWhereOneIs(String location, String target) throws Exception {
    try (TestServer server = redirecting(302, location);
        LimitedHttpClient client = following()) {
      send(client, server.get("/a/b?q=1"));

      assertThat(server.requests()).extracting(Request::target).containsExactly("/a/b?q=1", target);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://[bad", "http://not an address/", "ftp://127.0.0.1/x", "mailto:me@example.org",
        "http:///nowhere", "http://a_b/", "file:///etc/passwd", "javascript:1",
      })
  void aLocationThatCannotBeFollowedIsAnAnswer(String location) throws Exception {
    try (TestServer server = redirecting(302, location);
        LimitedHttpClient client = client().followRedirects(Redirect.ALWAYS).build()) {
      HttpResponse<String> response = send(client, server.get("/"));

      assertThat(response.statusCode()).isEqualTo(302);
      assertThat(response.body()).isEqualTo("go on");
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void withoutALocationARedirectIsAnAnswer() throws Exception {
    try (TestServer server = TestServer.first(302);
        LimitedHttpClient client = following()) {
      assertThat(send(client, server.get("/")).statusCode()).isEqualTo(302);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 304, 305, 399})
  void anotherStatusIsAnAnswer(int status) throws Exception {
    try (TestServer server =
            new TestServer((request, count) -> new Answer(status, "", "Location", "/there"));
        LimitedHttpClient client = following()) {
      assertThat(send(client, server.get("/")).statusCode()).isEqualTo(status);
    }
  }

  @Test
  void noneIsFollowedUnlessAskedFor() throws Exception {
    try (TestServer server = redirecting(302, "/there");
        LimitedHttpClient client = client().build()) {
      assertThat(client.followRedirects()).isEqualTo(Redirect.NEVER);
      assertThat(send(client, server.get("/")).statusCode()).isEqualTo(302);
    }
  }

  @Test
  void aCircleIsLeft() throws Exception {
    try (TestServer server = TestServer.of(302, "Location", "/again");
        LimitedHttpClient client = following()) {
      assertThatThrownBy(() -> exchange(client, server.get("/")))
          .isInstanceOfSatisfying(
              ExchangeFailedException.class, e -> assertThat(e.attempts()).isEqualTo(6))
          .hasMessageContaining("more than 5 redirects, the last to " + server.uri("/again"));
      assertThatThrownBy(() -> send(client, server.get("/")))
          .isExactlyInstanceOf(IOException.class)
          .hasMessage("more than 5 redirects, the last to " + server.uri("/again"));
      assertThat(server.requests()).hasSize(12);
    }
  }

  @Test
  void everyRedirectTakesAPermitOfItsOwnHost() throws Exception {
    Grants grants = new Grants();
    Throttle throttle = rules().rate("1/10s").listener(grants).build();
    try (TestServer there = TestServer.of(200);
        TestServer here = TestServer.of(302, "Location", there.uri("/there").toString());
        LimitedHttpClient client = client(throttle).followRedirects(Redirect.NORMAL).build()) {
      Exchange<String> exchange = exchange(client, here.get("/"));

      assertThat(exchange.response().uri()).isEqualTo(there.uri("/there"));
      assertThat(exchange.waited()).isEqualTo(Duration.ofSeconds(10));
      assertThat(grants.count()).isEqualTo(2);
    }
  }

  @Test
  void whatWasSentBeforeIsCountedWhereARedirectFails() throws Exception {
    try (TestServer here = TestServer.of(302, "Location", "http://127.0.0.1:1/");
        LimitedHttpClient client = following()) {
      assertThatThrownBy(() -> exchange(client, here.get("/")))
          .isInstanceOfSatisfying(
              ExchangeFailedException.class, e -> assertThat(e.attempts()).isEqualTo(4));
    }
  }

  @Test
  void credentialsStayWithTheirOrigin() throws Exception {
    try (TestServer there = TestServer.of(200);
        TestServer here =
            new TestServer((request, count) ->
                new Answer(302, "", "Location", count == 1 ? "/on" : there.uri("/").toString()));
        LimitedHttpClient client = following()) {
      HttpRequest request =
          HttpRequest.newBuilder(here.uri("/"))
              .header("Authorization", "Bearer secret")
              .header("Cookie", "secret")
              .header("X-Other", "kept")
              .build();
      send(client, request);

      assertThat(here.requests()).hasSize(2);
      for (Request each : here.requests()) {
        assertThat(each.fields().getFirst("Authorization")).isEqualTo("Bearer secret");
        assertThat(each.fields().getFirst("Cookie")).isEqualTo("secret");
      }
      Request last = there.requests().getFirst();
      assertThat(last.fields().containsKey("Authorization")).isFalse();
      assertThat(last.fields().containsKey("Cookie")).isFalse();
      assertThat(last.fields().getFirst("X-Other")).isEqualTo("kept");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Api-Key",
        "x-api-key",
        "X-Auth-Token",
        "X-AUTH",
        "Api_Key",
        "X-Amz-Security-Token",
        "X-Session-Id",
        "X-Client-Secret",
        "X-Password",
        "X-Hub-Signature-256",
        "Ocp-Apim-Subscription-Key",
        "X-Goog-Api-Key",
        "Cookie",
        "Authorization",
        "X-Of-The-Caller",
      })
  void privateHeadersStayWithTheirOrigin(String name) throws Exception {
    try (TestServer there = TestServer.of(200);
        TestServer here = TestServer.of(302, "Location", there.uri("/").toString());
        LimitedHttpClient client =
            client()
                .followRedirects(Redirect.ALWAYS)
                .privateHeaders(List.of("x-of-the-caller"))
                .build()) {
      send(client, HttpRequest.newBuilder(here.uri("/")).header(name, "secret").build());

      assertThat(here.requests().getFirst().fields().getFirst(name)).isEqualTo("secret");
      assertThat(there.requests().getFirst().fields()).doesNotContainKey(name);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Accept", "Accept-Language", "Idempotency-Key", "X-Author", "Range"})
  void otherHeadersGoOn(String name) throws Exception {
    try (TestServer there = TestServer.of(200);
        TestServer here = TestServer.of(302, "Location", there.uri("/").toString());
        LimitedHttpClient client = following()) {
      send(client, HttpRequest.newBuilder(here.uri("/")).header(name, "it").build());

      assertThat(there.requests().getFirst().fields().getFirst(name)).isEqualTo("it");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        "/a b ! /a%20b",
        "/not an address?q=a b&c=%41 ! /not%20an%20address?q=a%20b&c=%41",
        "/a|b{c}^`\"<> ! /a%7Cb%7Bc%7D%5E%60%22%3C%3E",
        "/100%!/100%25",
        "/100%zz%4!/100%25zz%254",
        "/a[1].txt!/a%5B1%5D.txt",
        "/a\\b!/a%5Cb",
        "/%20a b!/%20a%20b",
        "x y!/x%20y",
        "/?q=[1]!/?q=[1]",
      })
  void aLocationWithCharactersThatAnAddressMayNotHoldIsFollowed(String location, String target)
      throws Exception {
    try (TestServer server = redirecting(302, location);
        LimitedHttpClient client = following()) {
      assertThat(send(client, server.get("/")).statusCode()).isEqualTo(200);
      assertThat(server.requests().get(1).target()).isEqualTo(target);
    }
  }

  @Test
  void aLocationInUtf8IsFollowedByteForByte() {
    String bytesOfUtf8 =
        new String("/bücher €".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);

    assertThat(Locations.resolve(URI.create("http://example.org/"), bytesOfUtf8))
        .contains(URI.create("http://example.org/b%C3%BCcher%20%E2%82%AC"));
    assertThat(Locations.resolve(URI.create("http://example.org/"), "/漢"))
        .contains(URI.create("http://example.org/%E6%BC%A2"));
    assertThat(Locations.resolve(URI.create("http://example.org/"), "http://[::1]/a b[c]"))
        .contains(URI.create("http://[::1]/a%20b%5Bc%5D"));
  }

  private static List<HttpRequest> sent(Redirect policy, String from, String to) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(from)).header("Authorization", "secret").build();
    List<HttpRequest> sent = new ArrayList<>(List.of(request));
    Redirects.next(policy, PrivateHeaders::isPrivate, request, 302, Fields.of("Location", to))
        .ifPresent(sent::add);
    return sent;
  }

  @ParameterizedTest
  @CsvSource({
    "NORMAL, https://example.org/, http://example.org/, 1",
    "NORMAL, HTTPS://example.org/, HTTP://example.org/, 1",
    "ALWAYS, https://example.org/, http://example.org/, 2",
    "NORMAL, http://example.org/, https://example.org/, 2",
    "NORMAL, https://example.org/, https://example.com/, 2",
    "NORMAL, https://example.org/, //example.com/, 2",
    "NEVER, http://example.org/, http://example.org/x, 1",
  })
  void oneIsLedOutOfTlsOnlyIfAlways(Redirect policy, String from, String to, int requests)
      throws Exception {
    assertThat(sent(policy, from, to)).hasSize(requests);
  }

  @ParameterizedTest
  @CsvSource({
    "https://example.org/, https://EXAMPLE.org:443/x, true",
    "https://example.org/, /x, true",
    "https://example.org/, https://example.org:444/, false",
    "https://example.org/, https://www.example.org/, false",
    "http://example.org/, https://example.org/, false",
    "https://example.org/, https://example.org@evil.example/, false",
    "https://example.org/, http://example.org/, false",
  })
  void anOriginIsASchemeAHostAndAPort(String from, String to, boolean same) throws Exception {
    HttpRequest last = sent(Redirect.ALWAYS, from, to).getLast();

    assertThat(last.headers().firstValue("Authorization").isPresent()).isEqualTo(same);
  }
}
