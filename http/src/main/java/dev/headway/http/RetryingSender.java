package dev.headway.http;

import dev.headway.limit.Cost;
import dev.headway.throttle.AcquireTimeoutException;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import dev.headway.time.TimeSource;
import java.io.IOException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.ResponseInfo;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Sends a request within its host's limits, with retries.
 *
 * <p>Each attempt takes a permit. The head of a response decides whether the response is final;
 * only a final one reaches the caller's body handler. A response that asks to slow down pauses its
 * host before the permit is closed, and the request queues for its next permit with its original
 * time of arrival: so it is ahead of all later requests when the pause ends. After a transient
 * failure the request backs off without a permit and then queues like any other.
 */
final class RetryingSender {

  /** Tolerates the time between two readings of the clock. */
  private static final Duration AMPLE = Duration.ofSeconds(1);

  private static final int FIRST_SERVER_ERROR = 500;

  private final HostThrottles hosts;
  private final RetryPolicy policy;

  RetryingSender(HostThrottles hosts, RetryPolicy policy) {
    this.hosts = hosts;
    this.policy = policy;
  }

  /** Sends a request once. */
  interface Sender<T> {
    HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
        throws IOException, InterruptedException;
  }

  /**
   * A request with everything that is needed to send it.
   *
   * @param cost the cost of each attempt
   * @param deadline the latest time of the response
   * @param handler the caller's body handler, which sees only the last response
   * @param once whether the handler is called for one response only, even if its body breaks off
   */
  record Call<T>(
      HttpRequest request,
      Cost cost,
      Deadline deadline,
      BodyHandler<T> handler,
      boolean once,
      Sender<T> sender) {

    /** The same call for another request. */
    Call<T> with(HttpRequest other) {
      return new Call<>(other, cost, deadline, handler, once, sender);
    }
  }

  /**
   * Sends a request.
   *
   * @param redirects whether a response is a redirect that is followed
   */
  <T> Exchange<T> send(Call<T> call, Predicate<ResponseInfo> redirects)
      throws IOException, InterruptedException {
    return new Attempts<>(call, redirects).run();
  }

  /** The decision after an attempt. */
  private enum Next {
    DONE,
    AFTER_PAUSE,
    RETRY
  }

  /** The attempts at one request. */
  private final class Attempts<T> {

    private final Call<T> call;
    private final Predicate<ResponseInfo> redirects;
    private final HttpRequest request;
    private final Throttle throttle;
    private final TimeSource time;
    private final Cost cost;

    private int sent;
    private int failures;
    private long refusals;
    private long sentAt;
    private Duration waited = Duration.ZERO;
    private Duration took = Duration.ZERO;

    private Next next = Next.DONE;

    /** The wait that the server or the backoff imposes on the next attempt. */
    private Duration wait = Duration.ZERO;

    /** Whether the last response asks to slow down, and whether it is a 403. */
    private boolean refused;

    private boolean forbidden;

    private @Nullable HttpResponse<T> response;
    private @Nullable InterruptedException interrupt;

    Attempts(Call<T> call, Predicate<ResponseInfo> redirects) {
      this.call = call;
      this.redirects = redirects;
      this.request = call.request();
      this.throttle = hosts.throttle(request.uri());
      this.time = throttle.timeSource();
      this.cost = hosts.counted(throttle, call.cost());
    }

    Exchange<T> run() throws IOException, InterruptedException {
      long queuedAt = time.nanoTime();
      Throttle queue = throttle;
      while (true) {
        acquire(queue).call(this::attempt);
        if (interrupt != null) {
          throw interrupt;
        }
        switch (next) {
          case DONE -> {
            return new Exchange<>(Objects.requireNonNull(response), sent, waited, took, refused);
          }
          case AFTER_PAUSE ->
              queue =
                  throttle.withPriority(Duration.ofNanos(time.nanoTime() - queuedAt).plus(AMPLE));
          case RETRY -> {
            backOff();
            queuedAt = time.nanoTime();
            queue = throttle;
          }
        }
      }
    }

    private Permit acquire(Throttle queue) throws IOException, InterruptedException {
      long from = time.nanoTime();
      Optional<Permit> permit;
      try {
        permit =
            call.deadline().exists()
                ? queue.tryAcquire(cost, call.deadline().left())
                : Optional.of(queue.acquire(cost));
      } finally {
        waitedSince(from);
      }
      if (permit.isEmpty() && !call.deadline().left().isZero()) {
        throw new AcquireTimeoutException(
            "waited for \"" + throttle.name() + "\" for its maxWait; nothing was sent");
      }
      return permit.orElseThrow(() -> failed(call.deadline().missed(waited)));
    }

    private void backOff() throws InterruptedException {
      long from = time.nanoTime();
      try {
        time.sleep(wait);
      } finally {
        waitedSince(from);
      }
    }

    private void waitedSince(long from) {
      waited = waited.plusNanos(time.nanoTime() - from);
    }

    /** Makes one attempt, under a permit. An interrupt is kept for {@link #run}. */
    private boolean attempt() throws IOException {
      sent++;
      sentAt = hosts.step();
      next = Next.DONE;
      refused = false;
      FinalBody<T> body = new FinalBody<>(call.handler(), this::isFinal);
      long began = time.nanoTime();
      try {
        response = call.sender().send(call.deadline().limit(request), body);
      } catch (IOException e) {
        took = Duration.ofNanos(time.nanoTime() - began);
        // The head decides, even if the dropped body breaks off.
        if (next == Next.DONE) {
          retryOrThrow(e, call.once() && body.handedOver());
        }
      } catch (InterruptedException e) {
        interrupt = e;
      } finally {
        took = Duration.ofNanos(time.nanoTime() - began);
      }
      if (next == Next.AFTER_PAUSE && !call.deadline().allows(wait)) {
        throw failed(call.deadline().missed(waited, wait));
      }
      return true;
    }

    private void retryOrThrow(IOException thrown, boolean handedOver) throws IOException {
      boolean outOfTime = thrown instanceof HttpTimeoutException && isOutOfTime(thrown);
      IOException failure = RetryPolicy.reasonOf(thrown);
      if (outOfTime || handedOver) {
        throw failed(outOfTime ? call.deadline().missed(waited) : failure);
      }
      failures++;
      wait =
          policy
              .retryAfter(request, failure, failures)
              .filter(call.deadline()::allows)
              .orElseThrow(() -> failed(failure));
      next = Next.RETRY;
    }

    /**
     * The request itself has the remaining time as its timeout, so only connecting can take too
     * long before.
     */
    private boolean isOutOfTime(IOException thrown) {
      return call.deadline().exists()
          && (!(thrown instanceof HttpConnectTimeoutException) || call.deadline().left().isZero());
    }

    private ExchangeFailedException failed(IOException failure) {
      return new ExchangeFailedException(failure, sent, waited, took);
    }

    /** Reads the head of a response and decides how to continue. */
    private boolean isFinal(ResponseInfo head) {
      int status = head.statusCode();
      RateLimitHeaders advice = RateLimitHeaders.of(head.headers(), time.instant());
      boolean slowDown = RetryPolicy.isSlowDown(status, advice);
      hosts.heed(request.uri(), status, advice, cost, sentAt, !slowDown);
      if (slowDown) {
        return isLastRefusal(status, advice);
      }
      forbidden = false;
      if (status < FIRST_SERVER_ERROR) {
        hosts.carriedOut(request.uri(), sentAt);
      }
      Optional<Duration> retryAfter =
          policy.retryAfter(request, status, advice, failures + 1).filter(call.deadline()::allows);
      if (retryAfter.isEmpty()) {
        return !redirects.test(head);
      }
      failures++;
      wait = retryAfter.get();
      next = Next.RETRY;
      if (advice.retryAfter().equals(retryAfter)) {
        hosts.waits(request.uri(), status, wait);
      }
      return false;
    }

    /** A 403 right after the wait that an earlier one asked for is not a rate limit. */
    private boolean isLastRefusal(int status, RateLimitHeaders advice) {
      boolean isForbidden = RetryPolicy.isForbiddenForNow(status, advice);
      if (isForbidden && forbidden) {
        return true;
      }
      forbidden = isForbidden;
      refused = true;
      refusals++;
      HostRefusals.Decision pause = hosts.refused(request.uri(), status, advice, sentAt);
      wait = pause.pause();
      if (policy.givesUp(refusals, pause)) {
        hosts.givesUp(request.uri(), status, pause);
        return true;
      }
      next = Next.AFTER_PAUSE;
      return false;
    }
  }
}
