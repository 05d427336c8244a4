package dev.headway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.http.VirtualClient.Reply;
import dev.headway.limit.Counted;
import dev.headway.limit.Rate;
import dev.headway.throttle.Throttle;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests are counted on arrival, so that slow responses cost little quota. */
class ArrivalTest extends InVirtualTime {

  /** Refuses what exceeds its rate in any window, as requests arrive. */
  private final class StrictServer implements VirtualClient.Server {
    final Rate rate;
    final Duration longestTransit;
    final Duration takes;
    final Random random = new Random(7);
    final Queue<Long> window = new ArrayDeque<>();
    final List<Long> accepted = Collections.synchronizedList(new ArrayList<>());
    final List<Long> refused = Collections.synchronizedList(new ArrayList<>());

    StrictServer(String rate, Duration longestTransit, Duration takes) {
      this.rate = Rate.parse(rate);
      this.longestTransit = longestTransit;
      this.takes = takes;
    }

    @Override
    public Reply to(HttpRequest request) throws InterruptedException {
      time.sleep(transit());
      boolean fits = arrive(time.nanoTime());
      if (fits) {
        time.sleep(takes);
      }
      return new Reply(fits ? 200 : 429, Fields.of());
    }

    private synchronized Duration transit() {
      return Duration.ofNanos((long) (random.nextDouble() * longestTransit.toNanos()));
    }

    private synchronized boolean arrive(long now) {
      while (!window.isEmpty() && now - window.peek() >= rate.period().toNanos()) {
        window.remove();
      }
      boolean fits = window.size() < rate.permits();
      if (fits) {
        window.add(now);
      }
      (fits ? accepted : refused).add(now);
      return fits;
    }

    /** How much of its quota was used, from the first request to the last. */
    double used() {
      LongStream instants = accepted.stream().mapToLong(Long::longValue);
      long last = instants.max().orElseThrow();
      double periods = (double) (last - accepted.getFirst()) / rate.period().toNanos();
      return (accepted.size() - rate.permits()) / (periods * rate.permits());
    }
  }

  private void send(StrictServer server, LimitedHttpClientBuilder builder, int requests)
      throws Exception {
    try (LimitedHttpClient client =
        builder.client(new VirtualClient(time, server).builder()).build()) {
      HttpRequest request = HttpRequest.newBuilder(URI.create("http://example.org/")).build();
      assertThat(sendAll(client, Collections.nCopies(requests, request)))
          .allMatch(response -> response.statusCode() == 200);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "100/10s, PT0.2S, PT5S, 2000",
    "100/10s, PT0.9S, PT5S, 2000",
    "60/m, PT0.2S, PT20S, 1200",
    "60/m, PT0.5S, PT0.001S, 1200",
  })
  void ofAStrictServersQuotaNineTenthsAreUsedWithoutARefusalHoweverSlowItIs(
      String rate, Duration longestTransit, Duration takes, int requests) throws Exception {
    StrictServer server = new StrictServer(rate, longestTransit, takes);
    send(server, client().perHost(rate), requests);

    assertThat(server.refused).isEmpty();
    assertThat(server.used()).isBetween(0.9, 1.0);
  }

  @Test
  void theLimitsOfAllAdaptTooIfTheyAreToAndIsNotLostOtherwise() throws Exception {
    Throttle adapting =
        rules()
            .rate("100/2s", Counted.onArrival(Duration.ofSeconds(1)))
            .rate("day", "1000000/d", Counted.FROM_END)
            .build();
    StrictServer server = new StrictServer("100/2s", Duration.ofMillis(150), Duration.ofSeconds(3));
    send(server, client(adapting).adaptArrivalBounds(), 2_000);

    assertThat(server.refused).isEmpty();
    assertThat(server.used()).isBetween(0.88, 1.0);
    assertThat(adapting.snapshot().rules())
        .extracting(limit -> limit.name().orElse("") + limit.limit())
        .contains("100/2s on arrival within 200ms", "day1000000/d from end");
  }

  @Test
  void aBoundThatIsGivenStays() throws Exception {
    Throttle given = rules().rate("100/2s", Counted.onArrival(Duration.ofSeconds(1))).build();
    StrictServer server = new StrictServer("100/2s", Duration.ZERO, Duration.ofSeconds(3));
    send(server, client(given), 1_000);

    assertThat(given.snapshot().rules().getFirst().limit())
        .isEqualTo("100/2s on arrival within 1s");
  }

  @Test
  void aBoundThatIsTooShortForTheNetworkGrowsUntilTheServerRefusesNothing() throws Exception {
    StrictServer server =
        new StrictServer("20/2s", Duration.ofMillis(1_500), Duration.ofMillis(100));
    send(server, client().perHost("20/2s"), 2_000);

    long half = server.accepted.getLast() / 2;
    assertThat(server.refused).isNotEmpty().allMatch(at -> at < half);
  }

  @Test
  void theBoundIsASecondAndThenATenthOfThePeriodAndDoublesWithEachRefusal() {
    ArrivalBound bound = new ArrivalBound();
    assertThat(bound.of(Duration.ofSeconds(5))).isEqualTo(Duration.ofSeconds(1));
    assertThat(bound.isFirst()).isTrue();
    for (int i = 1; i <= 100; i++) {
      assertThat(bound.responded()).isEqualTo(i == 100);
    }

    assertThat(bound.of(Duration.ofSeconds(5))).isEqualTo(Duration.ofMillis(500));
    assertThat(bound.of(Duration.ofMillis(100))).isEqualTo(Duration.ofMillis(50));
    assertThat(bound.of(Duration.ofHours(1))).isEqualTo(Duration.ofSeconds(1));
    bound.refused();
    bound.refused();
    assertThat(bound.of(Duration.ofSeconds(5))).isEqualTo(Duration.ofSeconds(2));
    bound.refused();
    bound.refused();
    assertThat(bound.of(Duration.ofSeconds(5))).isEqualTo(Duration.ofSeconds(5));
    assertThat(bound.of(Duration.ofMillis(100))).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void aRefusalBeforeAHundredResponsesBeginsTheCountAnew() {
    ArrivalBound bound = new ArrivalBound();
    for (int i = 0; i < 99; i++) {
      bound.responded();
    }
    bound.refused();
    assertThat(bound.of(Duration.ofSeconds(5))).isEqualTo(Duration.ofSeconds(2));
    assertThat(bound.responded()).isFalse();
  }
}
