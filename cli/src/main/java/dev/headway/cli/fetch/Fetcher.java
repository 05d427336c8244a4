package dev.headway.cli.fetch;

import dev.headway.TaskFailedException;
import dev.headway.cli.job.StopException;
import dev.headway.cli.option.CostPointer;
import dev.headway.cli.request.Request;
import dev.headway.cli.request.Secrets;
import dev.headway.cli.text.FileErrors;
import dev.headway.http.Exchange;
import dev.headway.http.ExchangeFailedException;
import dev.headway.http.LimitedHttpClient;
import dev.headway.throttle.Permit;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Turns what a line asks for into a result. */
final class Fetcher {

  private static final int FIRST_ERROR_STATUS = 400;
  private static final String TOO_MANY_RETRIES = "Too many retries";

  private final LimitedHttpClient client;
  private final ResponseBodies bodies;
  private final List<CostPointer> settled;
  private final ServerPauses pauses;
  private final Secrets secrets;

  /**
   * Prepares to fetch.
   *
   * @param bodies how bodies are taken
   * @param settled where in responses stands what requests took in fact
   * @param pauses knows when a host that refuses ends the run
   * @param secrets hidden in what others say of failures
   */
  Fetcher(
      LimitedHttpClient client,
      ResponseBodies bodies,
      List<CostPointer> settled,
      ServerPauses pauses,
      Secrets secrets) {
    this.client = client;
    this.bodies = bodies;
    this.settled = settled;
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
      Exchange<Body> exchange =
          client.exchange(http, bodies.of(request), request.cost(), this::settle);
      HttpResponse<Body> response = exchange.response();
      if (exchange.refused() && pauses.end(LimitedHttpClient.hostOf(response.uri()))) {
        throw new StopException();
      }
      return new Result(
          request,
          OptionalInt.of(response.statusCode()),
          exchange.attempts(),
          Optional.of(Instant.now().minus(exchange.took())),
          exchange.waited(),
          exchange.took(),
          response.body(),
          error(response));
    } catch (ExchangeFailedException e) {
      return new Result(
          request,
          OptionalInt.empty(),
          e.attempts(),
          Optional.of(Instant.now().minus(e.took())),
          e.waited(),
          e.took(),
          Body.NONE,
          Optional.of(why(underneath(e), request)));
    } catch (IllegalArgumentException e) {
      return Result.unsent(request, request.line().because(told(e, request)));
    } catch (IOException | RuntimeException e) {
      return Result.unsent(request, why(underneath(e), request));
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
            .in(body.content())
            .ifPresent(amount -> Permit.current().settle(pointed.budget(), amount));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static Optional<String> error(HttpResponse<Body> response) {
    String answered = "the server answered " + response.statusCode();
    if (response.body().problem().isPresent()) {
      return Optional.of(answered + " with " + response.body().problem().get());
    }
    return response.statusCode() < FIRST_ERROR_STATUS ? Optional.empty() : Optional.of(answered);
  }

  /**
   * What went wrong, below what wraps it. Kept from sending a request again by itself, the JDK's
   * client says "Too many retries" and has the reason as the cause.
   */
  private static Throwable underneath(Throwable failure) {
    Throwable cause = failure.getCause();
    boolean wraps =
        failure instanceof ExchangeFailedException
            || failure instanceof TaskFailedException
            || TOO_MANY_RETRIES.equals(failure.getMessage());
    return wraps && cause != null ? underneath(cause) : failure;
  }

  private String told(Throwable failure, Request request) {
    String url = request.http().orElseThrow().uri().toString();
    return secrets.hide(String.valueOf(failure.getMessage()), url, request.url());
  }

  private String why(Throwable failure, Request request) {
    String message = failure.getMessage() == null ? null : told(failure, request);
    String name = failure.getClass().getSimpleName();
    if (failure instanceof HttpTimeoutException) {
      return "no answer in time: " + message;
    }
    if (failure instanceof ConnectException
        && FileErrors.underneath(failure) instanceof UnresolvedAddressException) {
      return "no connection to the server: there is no host of that name";
    }
    if (failure instanceof ConnectException) {
      return "no connection to the server" + (message == null ? "" : ": " + message);
    }
    boolean said = message != null && !message.isBlank();
    if (failure.getClass() == IOException.class
        || failure instanceof SocketException
        || failure instanceof EOFException) {
      return "the connection broke" + (said ? ": " + message : "");
    }
    return said ? name + ": " + message : name;
  }
}
