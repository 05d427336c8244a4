package dev.headway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headway.http.TestServer.Answer;
import dev.headway.limit.Cost;
import dev.headway.testkit.Windows;
import dev.headway.throttle.QueueFullException;
import dev.headway.throttle.WaitTooLongException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each host has its limits, and all have those of all. */
class HostsTest extends InVirtualTime {

  private static final int EACH = 6;

  /** When requests came to a server. */
  private final class Arrivals implements TestServer.Answers {
    final List<Long> seconds = Collections.synchronizedList(new ArrayList<>());

    @Override
    public Answer to(TestServer.Request request, int count) {
      seconds.add(time.elapsed().toSeconds());
      return new Answer(200, "");
    }
  }

  private List<HttpRequest> toEach(TestServer... servers) {
    List<HttpRequest> requests = new ArrayList<>();
    for (TestServer server : servers) {
      for (int i = 0; i < EACH; i++) {
        requests.add(server.get("/"));
      }
    }
    return requests;
  }

  @Test
  void eachHostHasAWindowOfItsOwn() throws Exception {
    Arrivals one = new Arrivals();
    Arrivals other = new Arrivals();
    try (TestServer first = new TestServer(one);
        TestServer second = new TestServer(other);
        LimitedHttpClient client = client().perHost("2/10s").build()) {
      sendAll(client, toEach(first, second));
    }

    assertThat(one.seconds).containsExactly(0L, 0L, 10L, 10L, 20L, 20L);
    assertThat(other.seconds).containsExactly(0L, 0L, 10L, 10L, 20L, 20L);
  }

  @Test
  void theLimitsOfAllAndOfEachHostAreMetTogether() throws Exception {
    Arrivals one = new Arrivals();
    Arrivals other = new Arrivals();
    try (TestServer first = new TestServer(one);
        TestServer second = new TestServer(other);
        LimitedHttpClient client = client(rules().rate("3/10s").build()).perHost("2/10s").build()) {
      sendAll(client, toEach(first, second));
    }

    List<Long> all = new ArrayList<>(one.seconds);
    all.addAll(other.seconds);
    assertThat(fullest(all)).isEqualTo(3);
    assertThat(fullest(one.seconds)).isEqualTo(2);
    assertThat(fullest(other.seconds)).isEqualTo(2);
    assertThat(time.elapsed()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(40));
  }

  private static int fullest(List<Long> seconds) {
    long[] nanos = seconds.stream().mapToLong(each -> each * 1_000_000_000).sorted().toArray();
    return Windows.fullest(nanos, Duration.ofSeconds(10));
  }

  @Test
  void aSlowHostDoesNotHoldUpAnother() throws Exception {
    try (TestServer slow = TestServer.of(200);
        TestServer quick = TestServer.of(200);
        LimitedHttpClient client =
            client(rules().rate("100/s").build())
                .perHost((host, limits) -> {
                  if (host.equals(slow.host())) {
                    limits.rate("1/h");
                  }
                })
                .build()) {
      time.run(() -> {
        client.send(slow.get("/"), BodyHandlers.discarding());
        var unused = began(() -> client.send(slow.get("/"), BodyHandlers.discarding()));
        time.sleep(Duration.ofSeconds(1));
        client.send(quick.get("/"), BodyHandlers.discarding());
        assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(1));
        return true;
      });
    }
  }

  @ParameterizedTest
  @CsvSource({
    "http://example.org/a, example.org",
    "HTTP://EXAMPLE.org:80/a, example.org",
    "https://example.org:443, example.org",
    "https://example.org:80, example.org:80",
    "http://example.org:8080, example.org:8080",
    "http://me:secret@Example.org:81/, example.org:81",
    "http://[::1]:90/, [::1]:90",
    "http://[2001:DB8::1]/, [2001:db8::1]",
    "http://10.0.0.1?x, 10.0.0.1",
  })
  void aHostIsItsNameAndAPortThatIsNotTheUsual(String uri, String name) {
    assertThat(HostThrottles.name(URI.create(uri))).isEqualTo(name);
  }

  @Test
  void theSameHostIsTheSameHoweverItIsWritten() throws Exception {
    try (TestServer server = TestServer.of(200);
        LimitedHttpClient client = client().perHost("1/10s").build()) {
      for (String host : List.of("localhost", "LOCALHOST", "LocalHost")) {
        send(
            client,
            HttpRequest.newBuilder(URI.create("http://" + host + ":" + server.port() + "/"))
                .build());
      }

      assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(20));
    }
  }

  @Test
  void aHostMayBeAnAddressOfSixteenBytes() throws Exception {
    byte[] sixteenBytes = new byte[16];
    sixteenBytes[15] = 1;
    try (TestServer server =
            new TestServer(
                InetAddress.getByAddress(sixteenBytes), (request, count) -> new Answer(200, ""));
        LimitedHttpClient client = client().perHost("1/10s").build()) {
      send(client, server.get("/"));
      send(client, server.get("/"));

      assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(10));
    }
  }

  @Test
  void aCostThatCanNeverBeMetIsToldAtOnce() throws Exception {
    try (TestServer server = TestServer.of(200);
        LimitedHttpClient client = client().perHost("5/s").build()) {
      assertThatThrownBy(() ->
              time.run(() ->
                  client.exchange(server.get("/"), BodyHandlers.discarding(), Cost.permits(6))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("at most 5");
      assertThatThrownBy(() ->
              time.run(() ->
                  client.exchange(
                      server.get("/"), BodyHandlers.discarding(), Cost.of("tokens", 6))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("tokens");
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void whoIsNotLetInLineIsTold() throws Exception {
    try (TestServer server = TestServer.of(200);
        LimitedHttpClient impatient =
            client(rules().rate("1/h").maxWait(Duration.ofMinutes(1)).build()).build();
        LimitedHttpClient full = client(rules().rate("1/h").maxWaiting(0).build()).build()) {
      send(impatient, server.get("/"));
      send(full, server.get("/"));

      assertThatThrownBy(() -> send(impatient, server.get("/")))
          .isInstanceOf(WaitTooLongException.class);
      assertThatThrownBy(() -> send(full, server.get("/"))).isInstanceOf(QueueFullException.class);
      assertThat(server.requests()).hasSize(2);
    }
  }

  @Test
  void aServerSeesNoMoreThanTheRateWhateverItsDelays() throws Exception {
    List<Long> arrivals = Collections.synchronizedList(new ArrayList<>());
    try (TestServer server =
            new TestServer((request, count) -> {
              arrivals.add(System.nanoTime());
              return new Answer(200, "");
            });
        LimitedHttpClient client = LimitedHttpClient.builder().perHost("20/200ms").build()) {
      var all =
          toEach(server, server, server, server, server, server, server, server, server, server)
              .stream()
              .map(request -> client.sendAsync(request, BodyHandlers.discarding()))
              .toList();
      all.forEach(each -> assertThat(each.join().statusCode()).isEqualTo(200));
    }

    long[] nanos = arrivals.stream().mapToLong(Long::longValue).sorted().toArray();
    assertThat(Windows.fullest(nanos, Duration.ofMillis(200))).isLessThanOrEqualTo(20);
  }
}
