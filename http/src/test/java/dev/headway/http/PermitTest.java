package dev.headway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.http.TestServer.Answer;
import dev.headway.limit.Cost;
import dev.headway.throttle.Throttle;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request's permit is held until its response's body is read to the end or closed. */
class PermitTest extends InVirtualTime {

  private final Throttle throttle = rules().concurrency(1).build();

  private long open() {
    return 1 - throttle.snapshot().available();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 100_000})
  void aStreamHoldsItUntilItsLastByteIsTaken(int length) throws Exception {
    try (TestServer server =
            new TestServer((request, count) -> new Answer(200, "x".repeat(length)));
        LimitedHttpClient client = client(throttle).build()) {
      HttpResponse<InputStream> response =
          time.run(() -> client.send(server.get("/"), BodyHandlers.ofInputStream()));
      assertThat(open()).isEqualTo(1);
      try (InputStream stream = response.body()) {
        assertThat(stream.readAllBytes()).hasSize(length);
        assertThat(open()).isZero();
      }
    }
  }

  @Test
  void aStreamThatIsClosedEndsIt() throws Exception {
    try (TestServer server =
            new TestServer((request, count) -> new Answer(200, "x".repeat(5_000_000)));
        LimitedHttpClient client = client(throttle).build()) {
      HttpResponse<InputStream> response =
          time.run(() -> client.send(server.get("/"), BodyHandlers.ofInputStream()));
      assertThat(response.body().read()).isEqualTo('x');
      assertThat(open()).isEqualTo(1);
      response.body().close();

      assertThat(open()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 404})
  void linesHoldItUntilTheLastIsRead(int status) throws Exception {
    try (TestServer server =
            new TestServer((request, count) -> new Answer(status, "one\ntwo\nthree\n"));
        LimitedHttpClient client = client(throttle).build()) {
      HttpResponse<Stream<String>> response =
          time.run(() -> client.send(server.get("/"), BodyHandlers.ofLines()));
      assertThat(open()).isEqualTo(1);
      try (Stream<String> lines = response.body()) {
        assertThat(lines).containsExactly("one", "two", "three");
      }
      assertThat(open()).isZero();
    }
  }

  @Test
  void aPublisherHoldsItUntilItsEnd() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (TestServer server = new TestServer((request, count) -> new Answer(200, "it"));
        LimitedHttpClient client = client(throttle).build()) {
      HttpResponse<Flow.Publisher<List<ByteBuffer>>> response =
          time.run(() -> client.send(server.get("/"), BodyHandlers.ofPublisher()));
      assertThat(open()).isEqualTo(1);
      response
          .body()
          .subscribe(
              new Flow.Subscriber<>() {
                @Override
                public void onSubscribe(Flow.Subscription subscription) {
                  subscription.request(Long.MAX_VALUE);
                }

                @Override
                public void onNext(List<ByteBuffer> item) {}

                @Override
                public void onError(Throwable failure) {}

                @Override
                public void onComplete() {
                  end.countDown();
                }
              });
      end.await();
      assertThat(open()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 404, 429, 500})
  void whatIsReadBeforeItIsReturnedHoldsNothing(int status) throws Exception {
    try (TestServer server = new TestServer((request, count) -> new Answer(status, "it"));
        LimitedHttpClient client = client(throttle).build()) {
      send(client, server.get("/"));
      assertThat(open()).isZero();
      time.run(() -> client.exchange(server.get("/"), BodyHandlers.discarding(), Cost.one()));
      assertThat(open()).isZero();
    }
  }

  @Test
  void aResponseWithoutABodyHoldsNothingOnceItIsRead() throws Exception {
    try (TestServer server = new TestServer((request, count) -> new Answer(204, ""));
        LimitedHttpClient client = client(throttle).build()) {
      HttpResponse<InputStream> response =
          time.run(() -> client.send(server.get("/"), BodyHandlers.ofInputStream()));
      assertThat(response.body().readAllBytes()).isEmpty();
      assertThat(open()).isZero();
    }
  }
}
