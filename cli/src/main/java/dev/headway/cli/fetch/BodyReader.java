package dev.headway.cli.fetch;

import dev.headway.cli.text.DurationFormat;
import dev.headway.cli.text.FileErrors;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reads a body up to a length, and gives it up if no byte comes for too long, or if the attempt
 * takes too long in all. The timeout of a request itself ends with the head of its response.
 */
final class BodyReader implements BodySubscriber<Body> {

  private final ResponseBodies settings;
  private final BodySink sink;
  private final long endNanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final CompletableFuture<Body> whole = new CompletableFuture<>();
  private final CompletableFuture<Body> told = new CompletableFuture<>();
  private long length;
  private volatile long lastNanos = System.nanoTime();
  private volatile CompletableFuture<Void> timer = new CompletableFuture<>();
  private volatile @Nullable Subscription source;

  private BodyReader(ResponseBodies settings, BodySink sink, long endNanos) {
    this.settings = settings;
    this.sink = sink;
    this.endNanos = endNanos;
    var unused = whole.whenComplete(this::tell);
    watch();
  }

  /** Reads the bodies of the attempts at one request. */
  static final class Bodies implements BodyHandler<Body>, AutoCloseable {

    private final ResponseBodies settings;
    private final BodySink.Chooser sinks;
    private volatile long beganNanos = System.nanoTime();

    Bodies(ResponseBodies settings, BodySink.Chooser sinks) {
      this.settings = settings;
      this.sinks = sinks;
    }

    /** An attempt begins: makes what is sent of it. */
    HttpRequest attemptBegins(HttpRequest request) {
      beganNanos = System.nanoTime();
      return sinks.prepare(request);
    }

    /** No attempt follows. */
    @Override
    public void close() {
      sinks.close();
    }

    @Override
    public BodySubscriber<Body> apply(ResponseInfo head) {
      long most = Long.MAX_VALUE >> 1;
      return new BodyReader(
          settings,
          sinks.choose(head),
          beganNanos + settings.total().map(total -> Math.min(most, total.toNanos())).orElse(most));
    }
  }

  /** Sets a timer for the next instant at which it may be too late. */
  private void watch() {
    long now = System.nanoTime();
    long idle = settings.idle().toNanos() - (now - lastNanos);
    if (endNanos - now <= 0) {
      whole.completeExceptionally(
          new HttpTimeoutException(
              "it took longer than --total-timeout "
                  + DurationFormat.of(settings.total().orElseThrow())));
    } else if (idle <= 0) {
      whole.completeExceptionally(new HttpTimeoutException("the body was not whole"));
    } else if (!whole.isDone()) {
      timer =
          new CompletableFuture<Void>()
              .completeOnTimeout(null, Math.min(idle, endNanos - now), TimeUnit.NANOSECONDS);
      var unused = timer.thenRun(this::watch);
      if (whole.isDone()) {
        timer.cancel(false);
      }
    }
  }

  /** The failure is told first: closing the connection would bring another one. */
  private void tell(@Nullable Body body, @Nullable Throwable failure) {
    timer.cancel(false);
    if (body == null || body.problem().isPresent()) {
      abandon();
    }
    if (failure == null) {
      told.complete(body);
    } else {
      told.completeExceptionally(failure);
      stop();
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
    lastNanos = System.nanoTime();
    for (ByteBuffer buffer : more) {
      length += buffer.remaining();
      byte[] chunk = new byte[buffer.remaining()];
      buffer.get(chunk);
      if (length > settings.longest()) {
        end(Body.missing("a body longer than " + (settings.longest() >> 20) + " MiB"));
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
