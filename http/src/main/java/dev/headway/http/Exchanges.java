package dev.headway.http;

import dev.headway.Cost;
import dev.headway.Headway;
import dev.headway.Outcome;
import dev.headway.Retry;
import dev.headway.TaskFailedException;
import dev.headway.Throttle;
import dev.headway.ThrottledException;
import dev.headway.Timing;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sends a request as often as it takes, within its host's limits. */
final class Exchanges {

  private final Hosts hosts;
  private final Repeatable repeatable;
  private final Retry retry;

  Exchanges(Hosts hosts, Repeatable repeatable, Retry retry) {
    this.hosts = hosts;
    this.repeatable = repeatable;
    this.retry = retry;
  }

  /** Sends a request once. */
  interface Sender<T> {
    HttpResponse<T> send(HttpRequest request) throws IOException, InterruptedException;
  }

  <T> Exchange<T> send(HttpRequest request, Cost cost, Sender<T> sender)
      throws IOException, InterruptedException {
    Throttle throttle = hosts.throttle(request.uri());
    Tries<T> tries = new Tries<>(throttle, hosts.counted(throttle, cost), sender);
    Outcome<HttpRequest, HttpResponse<T>> outcome =
        Headway.with(throttle)
            .retry(retry)
            .costing((HttpRequest each) -> tries.cost)
            .attempt(request, tries::once);
    Timing timing = outcome.timing();
    HttpResponse<T> response =
        switch (outcome) {
          case Outcome.Success<HttpRequest, HttpResponse<T>> success -> success.value();
          case Outcome.Failure<HttpRequest, HttpResponse<T>> failure ->
              tries.lastResponseOr(failure.exception(), timing);
        };
    return new Exchange<>(response, tries.sent, timing.waited(), timing.took());
  }

  /** The attempts at one request. */
  private final class Tries<T> {

    private final Throttle throttle;
    private final Cost cost;
    private final Sender<T> sender;
    private int sent;
    private @Nullable HttpResponse<T> last;

    Tries(Throttle throttle, Cost cost, Sender<T> sender) {
      this.throttle = throttle;
      this.cost = cost;
      this.sender = sender;
    }

    HttpResponse<T> once(HttpRequest request) throws Exception {
      discardLast();
      sent++;
      long askedAt = hosts.step();
      HttpResponse<T> response;
      try {
        response = sender.send(request);
      } catch (IOException e) {
        IOException failure = Repeatable.reasonOf(e);
        throw repeatable.after(request, failure) ? new Repeatable.Passing(failure) : failure;
      }
      last = response;
      ServerAdvice advice = ServerAdvice.of(response.headers(), throttle.timeSource().instant());
      hosts.heed(throttle, advice, cost, askedAt);
      int status = response.statusCode();
      if (status == 429 || (status == 503 && advice.retryAfter().isPresent())) {
        throw new ThrottledException(
            Optional.of(hosts.pause(throttle, advice)), "the server answered " + status);
      }
      if (repeatable.after(request, status)) {
        throw new Repeatable.Passing("the server answered " + status);
      }
      return response;
    }

    private void discardLast() {
      if (last != null) {
        Bodies.discard(last);
        last = null;
      }
    }

    /** The last response, whatever its status; without one, throws what the last attempt threw. */
    HttpResponse<T> lastResponseOr(TaskFailedException failure, Timing timing)
        throws IOException, InterruptedException {
      Throwable cause = failure.getCause();
      if (cause instanceof Repeatable.Passing passing && passing.getCause() != null) {
        cause = passing.getCause();
      }
      if (last != null && !(cause instanceof InterruptedException)) {
        return last;
      }
      discardLast();
      switch (cause) {
        case IOException e ->
            throw new ExchangeFailedException(e, sent, timing.waited(), timing.took());
        case InterruptedException e -> {
          Thread.interrupted();
          throw e;
        }
        case RuntimeException e -> throw e;
        case null, default -> throw failure;
      }
    }
  }
}
