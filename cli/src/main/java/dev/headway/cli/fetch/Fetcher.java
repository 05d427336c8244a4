package dev.headway.cli.fetch;

import dev.headway.http.Exchange;
import dev.headway.http.ExchangeFailedException;
import dev.headway.http.LimitedHttpClient;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** Turns what a line asks for into a result. */
final class Fetcher {

  private static final byte[] NOTHING = {};
  private static final int FIRST_ERROR_STATUS = 400;

  private final LimitedHttpClient client;
  private final RequestReader reader;

  Fetcher(LimitedHttpClient client, RequestReader reader) {
    this.client = client;
    this.reader = reader;
  }

  /**
   * Sends what a line asks for, as often as it takes.
   *
   * @throws InterruptedException if interrupted: then there is no result
   */
  Result fetch(Line asked) throws InterruptedException {
    return switch (reader.read(asked)) {
      case Entry.Unreadable line -> failed(line.id(), Optional.empty(), line.why());
      case Entry.Request request -> fetch(request);
    };
  }

  private Result fetch(Entry.Request request) throws InterruptedException {
    Optional<String> url = Optional.of(request.request().uri().toString());
    try {
      Exchange<byte[]> exchange =
          client.exchange(request.request(), BodyHandlers.ofByteArray(), request.cost());
      HttpResponse<byte[]> response = exchange.response();
      return new Result(
          request.id(),
          url,
          OptionalInt.of(response.statusCode()),
          exchange.attempts(),
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
          e.waited(),
          e.took(),
          NOTHING,
          Optional.of(why(e.getCause() instanceof IOException cause ? cause : e)));
    } catch (IOException | RuntimeException e) {
      return failed(request.id(), url, why(e));
    }
  }

  private static Optional<String> error(HttpResponse<byte[]> response) {
    if (response.statusCode() < FIRST_ERROR_STATUS) {
      return Optional.empty();
    }
    String body = new String(response.body(), StandardCharsets.UTF_8).strip();
    String answered = "the server answered " + response.statusCode();
    return Optional.of(body.isEmpty() ? answered : answered + ": " + body);
  }

  private static String why(Exception failure) {
    String message = failure.getMessage();
    String name = failure.getClass().getSimpleName();
    if (failure instanceof HttpTimeoutException) {
      return "no answer in time: " + message;
    }
    if (failure instanceof ConnectException) {
      return "no connection to the server" + (message == null ? "" : ": " + message);
    }
    return message == null || message.isBlank() ? name : name + ": " + message;
  }

  private static Result failed(Object id, Optional<String> url, String why) {
    return new Result(
        id,
        url,
        OptionalInt.empty(),
        0,
        Duration.ZERO,
        Duration.ZERO,
        NOTHING,
        Optional.of(why));
  }
}
