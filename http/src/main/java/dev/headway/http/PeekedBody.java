package dev.headway.http;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the start of a body, has it judged, and hands all of the body to the subscriber that the
 * judge names.
 *
 * <p>The judge is called once: when the body has ended or failed, 64 KB have come, or 5 seconds
 * have passed. From then on what has come waits in a queue for the subscriber's demand. One thread
 * at a time hands it on, as in a serialized publisher: whoever adds something while another does
 * leaves it to that one. No lock is held meanwhile.
 */
final class PeekedBody<T> implements BodySubscriber<T> {

  private static final int MOST_BYTES = 1 << 16;
  private static final long LONGEST_SECONDS = 5;

  private final Function<byte[], BodySubscriber<T>> judge;
  private final int mostBytes;
  private final boolean isTimed;
  private final CompletableFuture<T> body = new CompletableFuture<>();
  private final CompletableFuture<@Nullable Void> timer = new CompletableFuture<>();

  private final ReentrantLock lock = new ReentrantLock();
  private final Queue<List<ByteBuffer>> items = new ArrayDeque<>();
  private Flow.@Nullable Subscription upstream;
  private @Nullable BodySubscriber<T> subscriber;
  private @Nullable Throwable failure;
  private boolean ended;
  private boolean judged;
  private boolean cancelled;
  private boolean handingOn;
  private long peeked;

  /** How many items the subscriber has asked for and not got. */
  private long demand;

  /** How many items were asked of upstream and have not come. */
  private long awaited;

  /** Hands the body to the subscriber that {@code judge} returns for its start. */
  PeekedBody(Function<byte[], BodySubscriber<T>> judge) {
    this(judge, MOST_BYTES, true);
  }

  private PeekedBody(Function<byte[], BodySubscriber<T>> judge, int mostBytes, boolean isTimed) {
    this.judge = judge;
    this.mostBytes = mostBytes;
    this.isTimed = isTimed;
  }

  /** Calls the judge with the first byte, or without any when the body ends. */
  static <T> PeekedBody<T> untilFirstByte(Function<byte[], BodySubscriber<T>> judge) {
    return new PeekedBody<>(judge, 1, false);
  }

  /** What is done next, outside of the lock. */
  private interface Step {
    void run();
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    if (isTimed) {
      var unused =
          timer
              .completeOnTimeout(null, LONGEST_SECONDS, TimeUnit.SECONDS)
              .thenRunAsync(this::judge, Thread::startVirtualThread);
    }
    change(() -> {
      upstream = subscription;
      awaited = 1;
    });
    subscription.request(1);
  }

  @Override
  public void onNext(List<ByteBuffer> item) {
    boolean[] more = {false};
    change(() -> {
      awaited -= awaited == Long.MAX_VALUE ? 0 : 1;
      items.add(item);
      if (!judged) {
        item.forEach(buffer -> peeked += buffer.remaining());
        more[0] = peeked < mostBytes;
        awaited += more[0] ? 1 : 0;
      }
    });
    if (more[0]) {
      subscription().request(1);
    } else {
      judge();
      handOn();
    }
  }

  @Override
  public void onError(Throwable thrown) {
    change(() -> {
      failure = thrown;
      ended = true;
    });
    judge();
    handOn();
  }

  @Override
  public void onComplete() {
    change(() -> ended = true);
    judge();
    handOn();
  }

  @Override
  public CompletionStage<T> getBody() {
    return body;
  }

  private Flow.Subscription subscription() {
    return Objects.requireNonNull(upstream);
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
    } finally {
      lock.unlock();
    }
  }

  /** Names the subscriber, the first time. */
  private void judge() {
    byte[] start;
    lock.lock();
    try {
      if (judged) {
        return;
      }
      judged = true;
      start = start();
    } finally {
      lock.unlock();
    }
    timer.cancel(false);
    BodySubscriber<T> named;
    try {
      named = judge.apply(start);
    } catch (RuntimeException | Error e) {
      // Cancelling would fail the response with that, and not with this.
      body.completeExceptionally(e);
      named = new DroppedBody<>();
    }
    pass(named);
  }

  private void pass(BodySubscriber<T> named) {
    var unused =
        named
            .getBody()
            .whenComplete((value, thrown) -> {
              if (thrown == null) {
                body.complete(value);
              } else {
                body.completeExceptionally(thrown);
              }
            });
    named.onSubscribe(new Demand());
    change(() -> subscriber = named);
    handOn();
  }

  private byte[] start() {
    ByteBuffer start = ByteBuffer.allocate((int) Math.min(peeked, mostBytes));
    for (List<ByteBuffer> item : items) {
      for (ByteBuffer buffer : item) {
        ByteBuffer copy = buffer.duplicate();
        copy.limit(copy.position() + Math.min(copy.remaining(), start.remaining()));
        start.put(copy);
      }
    }
    return start.array();
  }

  /** What the subscriber asks for. */
  private final class Demand implements Flow.Subscription {
    @Override
    public void request(long n) {
      if (n <= 0) {
        subscription().request(n);
        return;
      }
      change(() -> demand = n > Long.MAX_VALUE - demand ? Long.MAX_VALUE : demand + n);
      handOn();
    }

    @Override
    public void cancel() {
      PeekedBody.this.cancel();
    }
  }

  private void cancel() {
    change(() -> {
      cancelled = true;
      items.clear();
    });
    subscription().cancel();
  }

  /** Hands on what can be, unless another thread does. */
  private void handOn() {
    lock.lock();
    try {
      if (handingOn || subscriber == null) {
        return;
      }
      handingOn = true;
    } finally {
      lock.unlock();
    }
    for (Step step = next(); step != null; step = next()) {
      step.run();
    }
  }

  /** The next step; null if there is none, and then another thread may hand on. */
  private @Nullable Step next() {
    lock.lock();
    try {
      BodySubscriber<T> to = Objects.requireNonNull(subscriber);
      if (!cancelled) {
        if (!items.isEmpty() && demand > 0) {
          demand -= demand == Long.MAX_VALUE ? 0 : 1;
          List<ByteBuffer> item = items.remove();
          return () -> to.onNext(item);
        }
        if (items.isEmpty() && ended) {
          cancelled = true;
          Throwable thrown = failure;
          return thrown == null ? to::onComplete : () -> to.onError(thrown);
        }
        long wanted = demand == Long.MAX_VALUE ? demand : demand - items.size();
        if (wanted > awaited && !ended) {
          long more = wanted == Long.MAX_VALUE ? wanted : wanted - awaited;
          awaited = wanted;
          return () -> subscription().request(more);
        }
      }
      handingOn = false;
      return null;
    } finally {
      lock.unlock();
    }
  }
}
