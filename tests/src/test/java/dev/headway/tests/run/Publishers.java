package dev.headway.tests.run;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** A publisher that calls back within {@code request}, and watches what it is asked for. */
public final class Publishers<T> implements Flow.Publisher<T>, Flow.Subscription {

  private final Iterator<? extends T> items;
  private final @Nullable Throwable failure;
  private Flow.@Nullable Subscriber<? super T> subscriber;

  public int requested;
  public int cancelled;
  private boolean over;

  private Publishers(Iterator<? extends T> items, @Nullable Throwable failure) {
    this.items = items;
    this.failure = failure;
  }

  public static <T> Publishers<T> of(List<? extends T> items) {
    return new Publishers<>(items.iterator(), null);
  }

  /** Publishes items, and then fails. */
  public static <T> Publishers<T> failing(List<? extends T> items, Throwable failure) {
    return new Publishers<>(items.iterator(), failure);
  }

  public static <T> Publishers<T> endless(T item) {
    return new Publishers<>(java.util.stream.Stream.generate(() -> item).iterator(), null);
  }

  @Override
  public void subscribe(Flow.Subscriber<? super T> to) {
    subscriber = to;
    to.onSubscribe(this);
  }

  @Override
  public void request(long n) {
    requested += (int) n;
    for (long i = 0; i < n && !over; i++) {
      if (items.hasNext()) {
        subscriber.onNext(items.next());
      } else {
        over = true;
        if (failure == null) {
          subscriber.onComplete();
        } else {
          subscriber.onError(failure);
        }
      }
    }
  }

  @Override
  public void cancel() {
    cancelled++;
    over = true;
  }
}
