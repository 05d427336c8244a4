package dev.headway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headway.Retry;
import dev.headway.http.TestServer.Answer;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleEvent;
import dev.headway.throttle.ThrottleListener;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieManager;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Code that takes an HttpClient cannot tell; in real time, as it would be used. */
class PlainClientTest {

  /** A server that tells when it is asked, and answers when it is told to. */
  private static final class Slow implements TestServer.Answers, AutoCloseable {
    final CountDownLatch asked = new CountDownLatch(1);
    final CountDownLatch answer = new CountDownLatch(1);
    final TestServer server = new TestServer(this);

    @Override
    public Answer to(TestServer.Request request, int count) throws InterruptedException {
      asked.countDown();
      answer.await();
      return new Answer(200, "at last");
    }

    @Override
    public void close() {
      answer.countDown();
      server.close();
    }
  }

  private static void eventually(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it never came true").isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static ThrottleListener telling(CountDownLatch waits) {
    return event -> {
      if (event instanceof ThrottleEvent.Waiting) {
        waits.countDown();
      }
    };
  }

  @Test
  void whatTheClientBelowHasIsToldOn() throws Exception {
    CookieManager cookies = new CookieManager();
    Authenticator authenticator = new Authenticator() {};
    ProxySelector proxy = ProxySelector.of(null);
    HttpClient.Builder below =
        HttpClient.newBuilder()
            .cookieHandler(cookies)
            .authenticator(authenticator)
            .proxy(proxy)
            .connectTimeout(Duration.ofSeconds(9))
            .executor(Runnable::run)
            .version(HttpClient.Version.HTTP_1_1);
    try (HttpClient client =
        LimitedHttpClient.builder()
            .client(below)
            .followRedirects(HttpClient.Redirect.ALWAYS)
            .build()) {
      assertThat(client.cookieHandler()).contains(cookies);
      assertThat(client.authenticator()).contains(authenticator);
      assertThat(client.proxy()).contains(proxy);
      assertThat(client.connectTimeout()).contains(Duration.ofSeconds(9));
      assertThat(client.executor()).isPresent();
      assertThat(client.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
      assertThat(client.followRedirects()).isEqualTo(HttpClient.Redirect.ALWAYS);
      assertThat(client.sslContext()).isNotNull();
      assertThat(client.sslParameters()).isNotNull();
      assertThat(client.newWebSocketBuilder()).isNotNull();
    }
  }

  @Test
  void aResponseComesWithoutAThread() throws Exception {
    try (TestServer server = TestServer.first(503, 500);
        HttpClient client =
            LimitedHttpClient.builder()
                .retry(Retry.upTo(2).backoff(Duration.ofMillis(1)))
                .build()) {
      assertThat(client.sendAsync(server.get("/"), BodyHandlers.ofString()).get().body())
          .isEqualTo("answer 3");
      assertThat(client.sendAsync(server.get("/"), BodyHandlers.ofString(), null).get().body())
          .isEqualTo("answer 4");
    }
  }

  @Test
  void cancellingWhileItWaitsGivesUpThePlace() throws Exception {
    CountDownLatch waits = new CountDownLatch(1);
    Throttle throttle = Throttle.builder().concurrency(1).listener(telling(waits)).build();
    try (HttpClient client = LimitedHttpClient.builder().throttle(throttle).build();
        Slow slow = new Slow()) {
      CompletableFuture<HttpResponse<String>> first =
          client.sendAsync(slow.server.get("/1"), BodyHandlers.ofString());
      slow.asked.await();
      CompletableFuture<HttpResponse<String>> second =
          client.sendAsync(slow.server.get("/2"), BodyHandlers.ofString());
      waits.await();
      second.cancel(true);
      slow.answer.countDown();

      assertThat(first.get().statusCode()).isEqualTo(200);
      assertThatThrownBy(second::join).isInstanceOf(CancellationException.class);
      eventually(() -> throttle.snapshot().available() == 1);
      assertThat(slow.server.requests()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void cancellingWhileItIsUnderWayGivesThePermitBack(boolean push) throws Exception {
    Throttle throttle = Throttle.builder().concurrency(1).build();
    try (HttpClient client = LimitedHttpClient.builder().throttle(throttle).build();
        Slow slow = new Slow()) {
      CompletableFuture<HttpResponse<String>> future =
          push
              ? client.sendAsync(slow.server.get("/"), BodyHandlers.ofString(), null)
              : client.sendAsync(slow.server.get("/"), BodyHandlers.ofString());
      slow.asked.await();
      assertThat(throttle.snapshot().available()).isZero();
      future.cancel(true);

      eventually(() -> throttle.snapshot().available() == 1);
    }
  }

  @Test
  void anInterruptWhileItWaitsLeavesNothingHeld() throws Exception {
    CountDownLatch waits = new CountDownLatch(1);
    Throttle throttle = Throttle.builder().concurrency(1).listener(telling(waits)).build();
    try (HttpClient client = LimitedHttpClient.builder().throttle(throttle).build();
        Slow slow = new Slow()) {
      CompletableFuture<HttpResponse<String>> first =
          client.sendAsync(slow.server.get("/"), BodyHandlers.ofString());
      slow.asked.await();

      CompletableFuture<Boolean> pending = new CompletableFuture<>();
      Thread waiting =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  client.send(slow.server.get("/"), BodyHandlers.ofString());
                } catch (InterruptedException e) {
                  pending.complete(Thread.currentThread().isInterrupted());
                } catch (Throwable e) {
                  pending.completeExceptionally(e);
                }
              });
      waits.await();
      waiting.interrupt();

      assertThat(pending.get(20, TimeUnit.SECONDS)).isFalse();
      slow.answer.countDown();
      assertThat(first.get().statusCode()).isEqualTo(200);
      eventually(() -> throttle.snapshot().available() == 1);
      assertThat(slow.server.requests()).hasSize(1);
    }
  }

  @Test
  void anInterruptDuringAPauseEndsIt() throws Exception {
    try (TestServer server = TestServer.of(429, "Retry-After", "3000");
        HttpClient client = LimitedHttpClient.builder().build()) {
      CompletableFuture<HttpResponse<String>> future =
          client.sendAsync(server.get("/"), BodyHandlers.ofString());
      eventually(() -> server.requests().size() == 1);
      future.cancel(true);
      client.shutdown();

      assertThat(client.awaitTermination(Duration.ofSeconds(20))).isTrue();
    }
  }

  @Test
  void closingWaitsForAllThatIsUnderWayAndItsRetries() throws Exception {
    HttpClient client =
        LimitedHttpClient.builder()
            .throttle(Throttle.of("1/50ms"))
            .retry(Retry.upTo(2).backoff(Duration.ofMillis(20)))
            .build();
    try (TestServer server = TestServer.first(500, 500)) {
      CompletableFuture<HttpResponse<String>> first =
          client.sendAsync(server.get("/"), BodyHandlers.ofString());
      CompletableFuture<HttpResponse<String>> second =
          client.sendAsync(server.get("/"), BodyHandlers.ofString());
      client.close();

      assertThat(first).isCompletedWithValueMatching(response -> response.statusCode() == 200);
      assertThat(second).isCompletedWithValueMatching(response -> response.statusCode() == 200);
      assertThat(client.isTerminated()).isTrue();
      assertThatThrownBy(() -> client.send(server.get("/"), BodyHandlers.ofString()))
          .isInstanceOf(IOException.class)
          .hasMessage("the client is closed");
      assertThatThrownBy(() -> client.sendAsync(server.get("/"), BodyHandlers.ofString()).get())
          .isInstanceOf(ExecutionException.class)
          .hasRootCauseMessage("the client is closed");
      assertThat(server.requests()).hasSize(4);
    }
  }

  @Test
  void endingAtOnceEndsWhatWaitsToo() throws Exception {
    HttpClient client =
        LimitedHttpClient.builder().perHost((host, limits) -> limits.concurrency(1)).build();
    try (Slow slow = new Slow()) {
      CompletableFuture<HttpResponse<String>> underWay =
          client.sendAsync(slow.server.get("/"), BodyHandlers.ofString());
      slow.asked.await();
      CompletableFuture<HttpResponse<String>> waiting =
          client.sendAsync(slow.server.get("/"), BodyHandlers.ofString());
      assertThat(client.awaitTermination(Duration.ofMillis(10))).isFalse();
      client.shutdownNow();

      assertThat(client.awaitTermination(Duration.ofSeconds(20))).isTrue();
      for (CompletableFuture<?> each : new CompletableFuture<?>[] {underWay, waiting}) {
        assertThatThrownBy(each::get).hasCauseInstanceOf(IOException.class);
      }
      assertThat(slow.server.requests()).hasSize(1);
      assertThat(client.isTerminated()).isTrue();
    }
  }

  @Test
  void anIdleClientClosesAtOnce() {
    HttpClient client = LimitedHttpClient.builder().build();
    client.close();
    client.close();

    assertThat(client.isTerminated()).isTrue();
  }
}
