package dev.headway.cli.fetch;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What came of a response's body.
 *
 * @param bytes all of it, or nothing if it is too long
 * @param tooLong whether it is
 */
@SuppressWarnings("ArrayRecordComponent") // bodies are never compared
record Body(byte[] bytes, boolean tooLong) {

  /**
   * Reads bodies up to a length, and gives up those that are not whole in time. The timeout of a
   * request itself ends with the head of its response.
   */
  static BodyHandler<Body> within(long longest, Duration timeout) {
    return head -> new Reader(longest, timeout);
  }

  /** Reads one. */
  private static final class Reader implements BodySubscriber<Body> {

    private final long longest;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CompletableFuture<Body> whole = new CompletableFuture<>();
    private final CompletableFuture<Body> told = new CompletableFuture<>();
    private volatile @Nullable Subscription source;

    Reader(long longest, Duration timeout) {
      this.longest = longest;
      var unused =
          whole.orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS).whenComplete(this::tell);
    }

    /** The failure is told first: closing the connection would bring another one. */
    private void tell(@Nullable Body body, @Nullable Throwable failure) {
      if (failure == null) {
        told.complete(body);
      } else if (failure instanceof TimeoutException) {
        told.completeExceptionally(new HttpTimeoutException("the body was not whole"));
        stop();
      } else {
        told.completeExceptionally(failure);
      }
    }

    private void stop() {
      Subscription stopped = source;
      if (stopped != null) {
        stopped.cancel();
      }
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      source = subscription;
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> more) {
      for (ByteBuffer buffer : more) {
        if (bytes.size() + (long) buffer.remaining() > longest) {
          whole.complete(new Body(new byte[0], true));
          stop();
          return;
        }
        byte[] chunk = new byte[buffer.remaining()];
        buffer.get(chunk);
        bytes.writeBytes(chunk);
      }
    }

    @Override
    public void onError(Throwable failure) {
      whole.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      whole.complete(new Body(bytes.toByteArray(), false));
    }

    @Override
    public CompletionStage<Body> getBody() {
      return told;
    }
  }
}
