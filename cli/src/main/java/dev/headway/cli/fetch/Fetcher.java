package dev.headway.cli.fetch;

import dev.headway.cli.job.StopException;
import dev.headway.cli.option.CostPointer;
import dev.headway.cli.request.Request;
import dev.headway.cli.request.Secrets;
import dev.headway.cli.text.Excerpt;
import dev.headway.http.Exchange;
import dev.headway.http.ExchangeFailedException;
import dev.headway.http.LimitedHttpClient;
import dev.headway.http.Scope;
import dev.headway.throttle.Permit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns what a line asks for into a result. */
final class Fetcher {

  private static final int FIRST_ERROR_STATUS = 400;
  private static final int LONGEST_REASON = 300;

  /** The host answers so whatever it is asked. */
  private static final Set<Integer> FORBIDDING = Set.of(401, 403, 407);

  private final LimitedHttpClient client;
  private final ResponseBodies bodies;
  private final List<CostPointer> settled;
  private final Scope scope;
  private final ServerPauses pauses;
  private final Secrets secrets;

  /**
   * Prepares to fetch.
   *
   * @param bodies how bodies are taken
   * @param settled where in responses stands what requests took in fact
   * @param scope which requests pause together
   * @param pauses knows when a host that refuses ends the run
   * @param secrets hidden in what others say of failures
   */
  Fetcher(
      LimitedHttpClient client,
      ResponseBodies bodies,
      List<CostPointer> settled,
      Scope scope,
      ServerPauses pauses,
      Secrets secrets) {
    this.client = client;
    this.bodies = bodies;
    this.settled = settled;
    this.scope = scope;
    this.pauses = pauses;
    this.secrets = secrets;
  }

  /**
   * Sends a request, as often as it takes.
   *
   * @throws InterruptedException if interrupted: then there is no result
   * @throws StopException if the run should end: then there is none either
   */
  Result fetch(Request request) throws InterruptedException, StopException {
    if (request.fault().isPresent()) {
      return Result.unsent(request, request.fault().get());
    }
    HttpRequest http = request.http().orElseThrow();
    try {
      BodyReader.Bodies body = bodies.of(request);
      Exchange<Body> exchange =
          client.exchange(http, body, request.cost(), body::attemptBegins, this::settle);
      HttpResponse<Body> response = exchange.response();
      checkStop(exchange);
      return Result.of(
          request,
          response,
          body(response),
          exchange.attempts(),
          exchange.waited(),
          exchange.took(),
          error(response),
          FORBIDDING.contains(response.statusCode()));
    } catch (ExchangeFailedException e) {
      return Result.failed(request, e.attempts(), e.waited(), e.took(), failure(e, request));
    } catch (IllegalArgumentException e) {
      return Result.unsent(
          request, request.line().because(hide(String.valueOf(e.getMessage()), request)));
    } catch (IOException | RuntimeException e) {
      return Result.unsent(request, failure(e, request).text());
    }
  }

  private void checkStop(Exchange<Body> exchange) throws StopException {
    HttpResponse<Body> response = exchange.response();
    if (exchange.stop().isPresent()) {
      String reason = Excerpt.of(secrets.hide(exchange.stop().get()), LONGEST_REASON);
      pauses.stop(scope.of(response.request()), response.statusCode(), reason);
      throw new StopException();
    }
    if (exchange.refused() && pauses.end(scope.of(response.request()))) {
      throw new StopException();
    }
  }

  /** An answer that does not say what was taken leaves it at what was expected. */
  private void settle(HttpResponse<@Nullable Body> response) {
    Body body = response.body();
    if (body == null) {
      return;
    }
    for (CostPointer pointed : settled) {
      try {
        pointed
            .in(body.decoded(response.headers()))
            .ifPresent(amount -> Permit.current().settle(pointed.budget(), amount));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** What a proxy answers instead of a tunnel comes without its body. */
  private static Body body(HttpResponse<Body> response) {
    @Nullable Body body = response.body();
    return body == null ? Body.NONE : body;
  }

  private static Optional<String> error(HttpResponse<Body> response) {
    String answered = "the server answered " + response.statusCode();
    Optional<String> problem = body(response).problem();
    if (problem.isPresent()) {
      return Optional.of(answered + " with " + problem.get());
    }
    return response.statusCode() < FIRST_ERROR_STATUS ? Optional.empty() : Optional.of(answered);
  }

  private FetchFailure failure(Throwable failure, Request request) {
    return FetchFailure.of(failure, text -> hide(text, request));
  }

  private String hide(String text, Request request) {
    String url = request.http().orElseThrow().uri().toString();
    return secrets.hide(text, url, request.url());
  }
}
