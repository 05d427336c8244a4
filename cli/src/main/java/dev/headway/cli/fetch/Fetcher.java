package dev.headway.cli.fetch;

import dev.headway.TaskFailedException;
import dev.headway.cli.Faults;
import dev.headway.cli.StopException;
import dev.headway.cli.lines.Line;
import dev.headway.http.Exchange;
import dev.headway.http.ExchangeFailedException;
import dev.headway.http.LimitedHttpClient;
import dev.headway.throttle.Permit;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
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
  private final RequestReader reader;
  private final Duration timeout;
  private final Bodies bodies;
  private final List<Pointed> settled;
  private final ServerPauses pauses;
  private final Secrets secrets;

  /**
   * How bodies are taken.
   *
   * @param longest how long one may be, in bytes
   * @param files where they go, if not to memory
   */
  record Bodies(long longest, Optional<BodyFiles> files) {}

  /**
   * Prepares to fetch.
   *
   * @param timeout how long a body may take
   * @param bodies how long a body may be, and where it goes
   * @param settled where in answers stands what requests took in fact
   * @param pauses knows when a host that refuses ends the run
   * @param secrets hidden in what others say of failures
   */
  Fetcher(
      LimitedHttpClient client,
      RequestReader reader,
      Duration timeout,
      Bodies bodies,
      List<Pointed> settled,
      ServerPauses pauses,
      Secrets secrets) {
    this.client = client;
    this.reader = reader;
    this.timeout = timeout;
    this.bodies = bodies;
    this.settled = settled;
    this.pauses = pauses;
    this.secrets = secrets;
  }

  /** What a line asks for. */
  Entry asks(Line line) {
    return reader.read(line);
  }

  /**
   * Sends what a line asks for, as often as it takes.
   *
   * @throws InterruptedException if interrupted: then there is no result
   * @throws StopException if the run should end: then there is none either
   */
  Result fetch(Line asked) throws InterruptedException, StopException {
    return switch (reader.read(asked)) {
      case Entry.Unreadable line -> failed(line.id(), Optional.empty(), line.why());
      case Entry.Request request -> fetch(asked, request);
    };
  }

  private Result fetch(Line asked, Entry.Request request)
      throws InterruptedException, StopException {
    Optional<String> url = request.url();
    try {
      Exchange<Body> exchange =
          client.exchange(
              request.request(),
              BodyReader.within(bodies.longest(), timeout, sinks(asked, request)),
              request.cost(),
              this::settle);
      HttpResponse<Body> response = exchange.response();
      if (exchange.refused() && pauses.end(LimitedHttpClient.hostOf(response.uri()))) {
        throw new StopException();
      }
      return new Result(
          request.id(),
          url,
          OptionalInt.of(response.statusCode()),
          exchange.attempts(),
          Optional.of(Instant.now().minus(exchange.took())),
          exchange.waited(),
          exchange.took(),
          response.body(),
          error(response));
    } catch (ExchangeFailedException e) {
      return new Result(
          request.id(),
          url,
          OptionalInt.empty(),
          e.attempts(),
          Optional.of(Instant.now().minus(e.took())),
          e.waited(),
          e.took(),
          Body.NONE,
          Optional.of(why(underneath(e), request)));
    } catch (IllegalArgumentException e) {
      return failed(request.id(), url, asked.because(told(e, request)));
    } catch (IOException | RuntimeException e) {
      return failed(request.id(), url, why(underneath(e), request));
    }
  }

  private Sink.Chooser sinks(Line asked, Entry.Request request) {
    return bodies
        .files()
        .map(files -> files.of(asked.number(), request))
        .orElse(head -> Sink.inMemory());
  }

  /** An answer that does not say what was taken leaves it at what was expected. */
  private void settle(HttpResponse<@Nullable Body> response) {
    Body body = response.body();
    if (body == null) {
      return;
    }
    for (Pointed pointed : settled) {
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

  private String told(Throwable failure, Entry.Request request) {
    String url = request.request().uri().toString();
    return secrets.hide(String.valueOf(failure.getMessage()), url, request.shownUrl());
  }

  private String why(Throwable failure, Entry.Request request) {
    String message = failure.getMessage() == null ? null : told(failure, request);
    String name = failure.getClass().getSimpleName();
    if (failure instanceof HttpTimeoutException) {
      return "no answer in time: " + message;
    }
    if (failure instanceof ConnectException
        && Faults.underneath(failure) instanceof UnresolvedAddressException) {
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

  private static Result failed(Object id, Optional<String> url, String why) {
    return new Result(
        id,
        url,
        OptionalInt.empty(),
        0,
        Optional.empty(),
        Duration.ZERO,
        Duration.ZERO,
        Body.NONE,
        Optional.of(why));
  }
}
