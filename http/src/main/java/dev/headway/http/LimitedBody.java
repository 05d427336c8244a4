package dev.headway.http;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Passes a body on, and fails it where it is longer than it may be. */
final class LimitedBody<T> implements BodySubscriber<T> {

  private final BodySubscriber<T> subscriber;
  private final long most;
  private Flow.@Nullable Subscription subscription;
  private long bytes;
  private boolean failed;

  /** Lets {@code most} bytes pass. */
  LimitedBody(BodySubscriber<T> subscriber, long most) {
    this.subscriber = subscriber;
    this.most = most;
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    subscriber.onSubscribe(given);
  }

  @Override
  public void onNext(List<ByteBuffer> item) {
    item.forEach(buffer -> bytes += buffer.remaining());
    if (bytes <= most) {
      subscriber.onNext(item);
    } else if (!failed) {
      failed = true;
      if (subscription != null) {
        subscription.cancel();
      }
      subscriber.onError(new BodyTooLongException(most));
    }
  }

  @Override
  public void onError(Throwable failure) {
    if (!failed) {
      subscriber.onError(failure);
    }
  }

  @Override
  public void onComplete() {
    if (!failed) {
      subscriber.onComplete();
    }
  }

  @Override
  public CompletionStage<T> getBody() {
    return subscriber.getBody();
  }
}
