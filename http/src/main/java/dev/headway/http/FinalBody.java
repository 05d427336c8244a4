package dev.headway.http;

import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Passes the body of a final response to the caller's handler, and drops any other: a handler may
 * write to a file or feed a subscriber, and must not see a response that is retried or redirected.
 */
final class FinalBody<T> implements BodyHandler<T> {

  private final BodyHandler<T> handler;
  private final Predicate<ResponseInfo> isFinal;
  private volatile boolean handedOver;

  /**
   * A handler for one attempt.
   *
   * @param handler the caller's handler
   * @param isFinal whether a response is final; called once, when its head has arrived
   */
  FinalBody(BodyHandler<T> handler, Predicate<ResponseInfo> isFinal) {
    this.handler = handler;
    this.isFinal = isFinal;
  }

  @Override
  public BodySubscriber<T> apply(ResponseInfo head) {
    if (isFinal.test(head)) {
      handedOver = true;
      return handler.apply(head);
    }
    return new Dropped<>();
  }

  /** Whether the caller's handler has been called. */
  boolean handedOver() {
    return handedOver;
  }

  /**
   * Reads a short body to its end, so that the connection is kept, and cancels a long or slow one.
   * A failure is ignored.
   */
  private static final class Dropped<T> implements BodySubscriber<T> {

    private static final long MOST_BYTES = 1 << 18;
    private static final long LONGEST_SECONDS = 5;

    private final CompletableFuture<@Nullable T> end = new CompletableFuture<>();
    private volatile boolean over;
    private long bytes;

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      var unused =
          end.completeOnTimeout(null, LONGEST_SECONDS, TimeUnit.SECONDS)
              .thenRun(() -> {
                if (!over) {
                  subscription.cancel();
                }
              });
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      for (ByteBuffer buffer : buffers) {
        bytes += buffer.remaining();
      }
      if (bytes > MOST_BYTES) {
        end.complete(null);
      }
    }

    @Override
    public void onError(Throwable failure) {
      over = true;
      end.complete(null);
    }

    @Override
    public void onComplete() {
      over = true;
      end.complete(null);
    }

    @Override
    @SuppressWarnings("NullAway") // the body of a response that is not handed out
    public CompletionStage<T> getBody() {
      return end;
    }
  }
}
