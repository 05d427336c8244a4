package dev.headway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headway.http.ResponseMeaning.Final;
import dev.headway.http.TestServer.Answer;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The start of an error's body is read first, and then the whole body reaches its handler. */
class PeekedBodyTest extends InVirtualTime {

  private static final int PEEKED = 1 << 16;

  @TempDir private Path folder;

  private static String text(int length) {
    StringBuilder text = new StringBuilder();
    Random random = new Random(length);
    while (text.length() < length) {
      text.append((char) ('a' + random.nextInt(26)));
    }
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16_383, 16_384, PEEKED - 1, PEEKED, PEEKED + 1, 200_000, 3_000_000})
  void aFinalErrorsBodyIsDeliveredWholeWhateverItsLengthAndHandler(int length) throws Exception {
    String body = text(length);
    AtomicReference<ErrorResponse> seen = new AtomicReference<>();
    try (TestServer server = new TestServer((request, count) -> new Answer(404, body));
        LimitedHttpClient client =
            client()
                .responsePolicy(response -> {
                  seen.set(response);
                  return Final.RESPONSE;
                })
                .build()) {
      assertThat(received(client, server, BodyHandlers.ofString())).isEqualTo(body);
      assertThat(seen.get().body()).isEqualTo(body.substring(0, Math.min(length, PEEKED)));
      assertThat(received(client, server, BodyHandlers.ofByteArray())).asString().isEqualTo(body);
      assertThat(received(client, server, BodyHandlers.ofFile(folder.resolve("body"))))
          .hasContent(body);
      try (InputStream stream = received(client, server, BodyHandlers.ofInputStream())) {
        assertThat(new String(stream.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(body);
      }
      String oneByOne = received(client, server, head -> new OneByOne());
      assertThat(oneByOne).isEqualTo(body);
      assertThat(String.join("", received(client, server, BodyHandlers.ofLines()).toList()))
          .isEqualTo(body);
    }
  }

  private <T> T received(LimitedHttpClient client, TestServer server, BodyHandler<T> handler)
      throws Exception {
    HttpResponse<T> response = time.run(() -> client.send(server.get("/"), handler));
    assertThat(response.statusCode()).isEqualTo(404);
    return response.body();
  }

  /** Asks for one item at a time, from another thread. */
  private static final class OneByOne implements BodySubscriber<String> {
    private final CompletableFuture<String> body = new CompletableFuture<>();
    private final StringBuilder text = new StringBuilder();
    private final AtomicReference<Flow.Subscription> subscription = new AtomicReference<>();

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription.set(given);
      given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> item) {
      item.forEach(each -> text.append(StandardCharsets.UTF_8.decode(each)));
      Thread.ofVirtual().start(() -> subscription.get().request(1));
    }

    @Override
    public void onError(Throwable failure) {
      body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      body.complete(text.toString());
    }

    @Override
    public CompletionStage<String> getBody() {
      return body;
    }
  }

  @Test
  void aBodyThatFailsFailsForItsSubscriberAfterWhatHasCome() {
    List<String> events = new ArrayList<>();
    PeekedBody<String> peeked = new PeekedBody<>(start -> recording(start, events));
    peeked.onSubscribe(new Unlimited());
    peeked.onNext(List.of(bytes("abc")));
    peeked.onError(new java.io.IOException("of the test"));

    assertThat(events).containsExactly("judged abc", "abc", "failed of the test");
    assertThatThrownBy(() -> peeked.getBody().toCompletableFuture().join())
        .hasRootCauseMessage("of the test");
  }

  @Test
  void aSubscriberGetsNoMoreThanItAsksFor() {
    List<String> events = new ArrayList<>();
    AtomicReference<Flow.Subscription> given = new AtomicReference<>();
    PeekedBody<String> peeked =
        new PeekedBody<>(start ->
            new Recording(events) {
              @Override
              public void onSubscribe(Flow.Subscription subscription) {
                given.set(subscription);
              }
            });
    peeked.onSubscribe(new Unlimited());
    peeked.onNext(List.of(bytes("a")));
    peeked.onNext(List.of(bytes("b")));
    peeked.onComplete();

    assertThat(events).isEmpty();
    given.get().request(1);
    assertThat(events).containsExactly("a");
    given.get().request(1);
    assertThat(events).containsExactly("a", "b", "complete");
    given.get().request(1);
    assertThat(events).hasSize(3);
  }

  @Test
  void whatIsCancelledGetsNothingMore() {
    List<String> events = new ArrayList<>();
    Unlimited upstream = new Unlimited();
    PeekedBody<String> peeked =
        new PeekedBody<>(start ->
            new Recording(events) {
              @Override
              public void onSubscribe(Flow.Subscription subscription) {
                subscription.cancel();
                subscription.request(9);
              }
            });
    peeked.onSubscribe(upstream);
    peeked.onNext(List.of(bytes("a")));
    peeked.onComplete();

    assertThat(events).isEmpty();
    assertThat(upstream.cancelled).isTrue();
  }

  @Test
  void aHandlerThatThrowsFailsTheBody() {
    PeekedBody<String> peeked =
        new PeekedBody<>(start -> {
          throw new IllegalStateException("of the test");
        });
    peeked.onSubscribe(new Unlimited());
    peeked.onComplete();

    assertThatThrownBy(() -> peeked.getBody().toCompletableFuture().join())
        .hasRootCauseMessage("of the test");
  }

  @Test
  void aBodyThatStallsIsJudgedByWhatHasCome() throws Exception {
    CompletableFuture<String> judged = new CompletableFuture<>();
    try (SubmissionPublisher<List<ByteBuffer>> publisher = new SubmissionPublisher<>()) {
      PeekedBody<String> peeked =
          new PeekedBody<>(start -> {
            judged.complete(new String(start, StandardCharsets.UTF_8));
            return BodySubscribers.ofString(StandardCharsets.UTF_8);
          });
      publisher.subscribe(peeked);
      publisher.submit(List.of(bytes("half")));
      assertThat(judged.get(20, java.util.concurrent.TimeUnit.SECONDS)).isEqualTo("half");
      publisher.submit(List.of(bytes(" and half")));
      publisher.close();

      assertThat(peeked.getBody().toCompletableFuture().get()).isEqualTo("half and half");
    }
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static BodySubscriber<String> recording(byte[] start, List<String> events) {
    events.add("judged " + new String(start, StandardCharsets.UTF_8));
    return new Recording(events);
  }

  /** Sends whatever it is told to, asked or not. */
  private static final class Unlimited implements Flow.Subscription {
    private boolean cancelled;

    @Override
    public void request(long n) {}

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  /** Writes down what comes. */
  private static class Recording implements BodySubscriber<String> {
    private final List<String> events;
    private final CompletableFuture<String> body = new CompletableFuture<>();

    Recording(List<String> events) {
      this.events = events;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> item) {
      item.forEach(each -> events.add(StandardCharsets.UTF_8.decode(each).toString()));
    }

    @Override
    public void onError(Throwable failure) {
      events.add("failed " + failure.getMessage());
      body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      events.add("complete");
      body.complete("");
    }

    @Override
    public CompletionStage<String> getBody() {
      return body;
    }
  }
}
