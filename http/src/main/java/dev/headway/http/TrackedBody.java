package dev.headway.http;

import java.io.InputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.BaseStream;

/**
 * Passes a body on, and notes when it is over: when all of it has come, it has failed or it is
 * cancelled. A body that is read from a stream is over when its reader has taken the last of it:
 * until then it is not told that there is no more, since it says nothing afterwards.
 */
final class TrackedBody<T> implements BodySubscriber<T> {

  private final BodySubscriber<T> subscriber;
  private final CompletionStage<T> body;
  private final Runnable ended;
  private final AtomicBoolean over = new AtomicBoolean();

  /** Whether the reader takes the body from a stream, at its leisure. */
  private volatile boolean isStream;

  /** Whether the reader waits for more than has come. */
  private volatile boolean asked;

  private volatile boolean complete;

  /** Runs {@code ended} once. */
  TrackedBody(BodySubscriber<T> subscriber, Runnable ended) {
    this.subscriber = subscriber;
    this.body = subscriber.getBody();
    this.ended = ended;
    var unused =
        body.whenComplete((value, failure) ->
            isStream = value instanceof InputStream || value instanceof BaseStream);
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    subscriber.onSubscribe(
        new Flow.Subscription() {
          @Override
          public void request(long n) {
            asked = true;
            if (complete) {
              complete();
            }
            subscription.request(n);
          }

          @Override
          public void cancel() {
            end();
            subscription.cancel();
          }
        });
  }

  @Override
  public void onNext(List<ByteBuffer> item) {
    // A stream asks for one item after the other.
    asked = false;
    subscriber.onNext(item);
  }

  @Override
  public void onError(Throwable failure) {
    end();
    subscriber.onError(failure);
  }

  @Override
  public void onComplete() {
    complete = true;
    if (!isStream || asked) {
      complete();
    }
  }

  private void complete() {
    if (end()) {
      subscriber.onComplete();
    }
  }

  private boolean end() {
    boolean isFirst = over.compareAndSet(false, true);
    if (isFirst) {
      ended.run();
    }
    return isFirst;
  }

  @Override
  public CompletionStage<T> getBody() {
    return body;
  }
}
