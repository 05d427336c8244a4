package dev.headway.http;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads a short body to its end, which keeps the connection, and cancels a long or slow one. How it
 * ends does not matter.
 */
final class DroppedBody<T> implements BodySubscriber<T> {

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
