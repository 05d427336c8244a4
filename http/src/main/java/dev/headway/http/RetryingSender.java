package dev.headway.http;

import dev.headway.http.ResponseMeaning.Final;
import dev.headway.http.ResponseMeaning.SlowDown;
import dev.headway.http.ResponseMeaning.StopRun;
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
  private static final int SUCCESS = 2;
  private static final int HUNDRED = 100;

  private final HostThrottles hosts;
  private final RetryPolicy policy;
  private final Optional<Duration> connectTimeout;

  RetryingSender(HostThrottles hosts, RetryPolicy policy, Optional<Duration> connectTimeout) {
    this.hosts = hosts;
    this.policy = policy;
    this.connectTimeout = connectTimeout;
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
    private final String scope;
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

    private Optional<String> stop = Optional.empty();
    private @Nullable HttpResponse<T> response;
    private @Nullable InterruptedException interrupt;

    Attempts(Call<T> call, Predicate<ResponseInfo> redirects) {
      this.call = call;
      this.redirects = redirects;
      this.request = call.request();
      this.scope = hosts.scope(request);
      this.throttle = hosts.throttle(scope);
      this.time = throttle.timeSource();
      this.cost = hosts.counted(throttle, call.cost());
    }

    Exchange<T> run() throws IOException, InterruptedException {
      long queuedAt = time.nanoTime();
      Throttle queue = throttle;
      while (true) {
        attempt(new AttemptPermit(acquire(queue)));
        switch (next) {
          case DONE -> {
            return new Exchange<>(
                Objects.requireNonNull(response), sent, waited, took, refused, stop);
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
      try {
        return call.deadline().exists() ? acquireInTime(queue) : queue.acquire(cost);
      } finally {
        waitedSince(from);
      }
    }

    /** Fails at once where the limits are known not to let it start in time. */
    private Permit acquireInTime(Throttle queue) throws IOException, InterruptedException {
      Optional<Permit> permit = queue.tryAcquire(cost);
      if (permit.isPresent()) {
        return permit.get();
      }
      long from = time.nanoTime();
      Duration atLeast = queue.snapshot().untilNextStart().orElse(Duration.ZERO);
      if (!call.deadline().allows(atLeast)) {
        throw failed(call.deadline().missedStart(waited, atLeast));
      }
      permit = queue.tryAcquire(cost, call.deadline().left());
      if (permit.isEmpty() && !call.deadline().left().isZero()) {
        throw new AcquireTimeoutException(
            "waited for \"" + throttle.name() + "\" for its maxWait; nothing was sent");
      }
      return permit.orElseThrow(
          () -> failed(call.deadline().missed(waited.plusNanos(time.nanoTime() - from))));
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

    /** Makes one attempt. Its permit lasts until the body that it hands over is read. */
    private void attempt(AttemptPermit permit) throws IOException, InterruptedException {
      boolean delivered = false;
      try {
        permit.call(() -> {
          sendOnce(permit);
          return true;
        });
        if (interrupt != null) {
          throw interrupt;
        }
        delivered = next == Next.DONE;
      } finally {
        if (!delivered) {
          permit.closeNow();
        }
      }
    }

    /** An interrupt is kept for the caller. */
    private void sendOnce(AttemptPermit permit) throws IOException {
      sent++;
      sentAt = hosts.step();
      next = Next.DONE;
      refused = false;
      FinalBody<T> body =
          new FinalBody<>(call.handler(), policy.responses().readsSuccess(), heard(permit));
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
    }

    private FinalBody.Attempt heard(AttemptPermit permit) {
      return new FinalBody.Attempt() {
        @Override
        public void arrived() {
          permit.arrived();
        }

        @Override
        public boolean isFinal(ResponseInfo head, byte[] start) {
          boolean isFinal = decide(head, start);
          if (isFinal) {
            permit.bodyBegins();
          }
          return isFinal;
        }

        @Override
        public void bodyEnded() {
          permit.close();
        }
      };
    }

    private void retryOrThrow(IOException thrown, boolean handedOver) throws IOException {
      boolean outOfTime = thrown instanceof HttpTimeoutException && isOutOfTime(thrown);
      IOException failure = Failures.reasonOf(thrown);
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
     * A request is sent with the time that is left; where that is over while it connects, the JDK's
     * client says that connecting took too long.
     */
    private boolean isOutOfTime(IOException thrown) {
      if (!call.deadline().exists()) {
        return false;
      }
      return !(thrown instanceof HttpConnectTimeoutException)
          || connectTimeout.isEmpty()
          || call.deadline().left().compareTo(connectTimeout.get()) < 0;
    }

    private ExchangeFailedException failed(IOException failure) {
      return new ExchangeFailedException(failure, sent, waited, took);
    }

    /** Reads the head of a response and the start of its body, and decides what follows. */
    private boolean decide(ResponseInfo head, byte[] start) {
      int status = head.statusCode();
      RateLimitHeaders advice = RateLimitHeaders.of(head.headers(), time.instant());
      ResponseMeaning meaning =
          status / HUNDRED == SUCCESS && !policy.responses().readsSuccess()
              ? Final.RESPONSE
              : policy
                  .responses()
                  .meaningOf(
                      new ErrorResponse(
                          status, head.headers(), Charsets.decode(head, start), advice));
      hosts.heed(scope, status, advice, cost, sentAt, !(meaning instanceof SlowDown));
      if (meaning instanceof SlowDown(Duration atLeast)) {
        return isLastRefusal(status, advice, atLeast);
      }
      forbidden = false;
      if (meaning instanceof StopRun(String reason)) {
        stop = Optional.of(reason);
        return true;
      }
      if (status < FIRST_SERVER_ERROR) {
        hosts.carriedOut(scope, sentAt);
      }
      Optional<Duration> retryAfter =
          policy
              .retryAfter(request, status, meaning, advice, failures + 1)
              .filter(call.deadline()::allows);
      if (retryAfter.isEmpty()) {
        return !redirects.test(head);
      }
      failures++;
      wait = retryAfter.get();
      next = Next.RETRY;
      if (advice.retryAfter().equals(retryAfter)) {
        hosts.waits(scope, status, wait);
      }
      return false;
    }

    /** A 403 right after the wait that another asked for is no matter of time. */
    private boolean isLastRefusal(int status, RateLimitHeaders advice, Duration atLeast) {
      boolean isForbidden = status == StandardPolicy.FORBIDDEN;
      if (isForbidden && forbidden) {
        return true;
      }
      forbidden = isForbidden;
      refused = true;
      refusals++;
      Optional<Duration> asked = advice.pause();
      if (atLeast.compareTo(asked.orElse(Duration.ZERO)) > 0) {
        asked = Optional.of(atLeast);
      }
      HostRefusals.Decision pause = hosts.refused(scope, status, asked, sentAt);
      wait = pause.pause();
      if (policy.givesUp(refusals, pause)) {
        hosts.givesUp(scope, status, pause);
        return true;
      }
      next = Next.AFTER_PAUSE;
      return false;
    }
  }
}
