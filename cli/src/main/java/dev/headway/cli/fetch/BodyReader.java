package dev.headway.cli.fetch;

import dev.headway.cli.text.FileErrors;
import java.io.IOException;
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
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reads a body up to a length, and gives it up if it is not whole in time. The timeout of a request
 * itself ends with the head of its response.
 */
final class BodyReader implements BodySubscriber<Body> {

  private final long longest;
  private final BodySink sink;
  private final ReentrantLock lock = new ReentrantLock();
  private final CompletableFuture<Body> whole = new CompletableFuture<>();
  private final CompletableFuture<Body> told = new CompletableFuture<>();
  private long length;
  private volatile @Nullable Subscription source;

  private BodyReader(long longest, Duration timeout, BodySink sink) {
    this.longest = longest;
    this.sink = sink;
    var unused = whole.orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS).whenComplete(this::tell);
  }

  /** Reads bodies into what is chosen for each. */
  static BodyHandler<Body> within(long longest, Duration timeout, BodySink.Chooser sinks) {
    return head -> new BodyReader(longest, timeout, sinks.choose(head));
  }

  /** The failure is told first: closing the connection would bring another one. */
  private void tell(@Nullable Body body, @Nullable Throwable failure) {
    if (body == null || body.problem().isPresent()) {
      abandon();
    }
    if (failure == null) {
      told.complete(body);
    } else if (failure instanceof TimeoutException) {
      told.completeExceptionally(new HttpTimeoutException("the body was not whole"));
      stop();
    } else {
      told.completeExceptionally(failure);
    }
  }

  /** A writer to the sink has written to it before. */
  private void abandon() {
    lock.lock();
    try {
      sink.abandon();
    } finally {
      lock.unlock();
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
      length += buffer.remaining();
      byte[] chunk = new byte[buffer.remaining()];
      buffer.get(chunk);
      if (length > longest) {
        end(Body.missing("a body longer than " + (longest >> 20) + " MiB"));
      } else {
        write(chunk);
      }
    }
  }

  private void write(byte[] chunk) {
    lock.lock();
    try {
      if (!whole.isDone()) {
        sink.stream().write(chunk);
      }
    } catch (IOException e) {
      end(unkept(e));
    } finally {
      lock.unlock();
    }
  }

  private static Body unkept(IOException failure) {
    return Body.missing("a body that cannot be kept (" + FileErrors.reason(failure) + ")");
  }

  /** Ends it without all of the body, and stops what still comes. */
  private void end(Body body) {
    whole.complete(body);
    stop();
  }

  @Override
  public void onError(Throwable failure) {
    whole.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    lock.lock();
    try {
      if (!whole.isDone()) {
        whole.complete(sink.whole());
      }
    } catch (IOException e) {
      whole.complete(unkept(e));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public CompletionStage<Body> getBody() {
    return told;
  }
}
