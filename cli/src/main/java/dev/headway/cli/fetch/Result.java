package dev.headway.cli.fetch;

import dev.headway.cli.request.Request;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The result of one request.
 *
 * @param status the last response's, if there was one
 * @param headers the last response's
 * @param attempts how many requests were sent
 * @param startedAt when the last was sent, if one was
 * @param waited how long they waited for limits or backed off
 * @param took how long the last took
 * @param body the response's body
 * @param pages the bodies of all pages, if they are fetched
 * @param error what went wrong, if anything did, in words that may be shown
 * @param unusable whether it failed because its host cannot be used: there is no connection, no TLS
 *     or no permission
 * @param charge what it took, if it is a call of a language model
 */
record Result(
    Request request,
    OptionalInt status,
    HttpHeaders headers,
    int attempts,
    Optional<Instant> startedAt,
    Duration waited,
    Duration took,
    Body body,
    Optional<PageBodies> pages,
    Optional<String> error,
    boolean unusable,
    Optional<Charge> charge) {

  private static final HttpHeaders NO_HEADERS = HttpHeaders.of(Map.of(), (name, value) -> true);
  private static final int LONGEST_SAID = 2_000;

  /** That of a request with a response. */
  static Result of(
      Request request,
      HttpResponse<?> response,
      Body body,
      int attempts,
      Duration waited,
      Duration took,
      Optional<String> error,
      boolean unusable) {
    return new Result(
        request,
        OptionalInt.of(response.statusCode()),
        response.headers(),
        attempts,
        Optional.of(Instant.now().minus(took)),
        waited,
        took,
        body,
        Optional.empty(),
        error,
        unusable,
        Optional.empty());
  }

  /** That of a request without a response. */
  static Result failed(
      Request request, int attempts, Duration waited, Duration took, FetchFailure failure) {
    return new Result(
        request,
        OptionalInt.empty(),
        NO_HEADERS,
        attempts,
        Optional.of(Instant.now().minus(took)).filter(at -> attempts > 0),
        waited,
        took,
        Body.NONE,
        Optional.empty(),
        Optional.of(failure.text()),
        failure.unusable(),
        Optional.empty());
  }

  /** That of a request that was never sent. */
  static Result unsent(Request request, String why) {
    return failed(request, 0, Duration.ZERO, Duration.ZERO, new FetchFailure(why, false));
  }

  /** The same, with what a call took. */
  Result with(Optional<Charge> taken) {
    return new Result(
        request, status, headers, attempts, startedAt, waited, took, body, pages, error, unusable,
        taken);
  }

  /** The same with the pages that came. */
  Result with(PageBodies all) {
    return new Result(
        request,
        status,
        headers,
        attempts,
        startedAt,
        waited,
        took,
        body,
        Optional.of(all),
        error,
        unusable,
        charge);
  }

  /** The same after earlier pages. */
  Result after(Result before) {
    return new Result(
        request,
        status,
        headers,
        before.attempts + attempts,
        before.startedAt.or(() -> startedAt),
        before.waited.plus(waited),
        before.took.plus(took),
        body,
        pages,
        error,
        unusable,
        charge);
  }

  /** The same, which failed at one of its pages. */
  Result failedAt(int page, String why) {
    return new Result(
        request,
        status,
        headers,
        attempts,
        startedAt,
        waited,
        took,
        body,
        pages,
        Optional.of("page " + page + ": " + why),
        unusable,
        charge);
  }

  /** The begin of what the server said of what went wrong, as it said it. */
  Optional<String> said() {
    int length = Math.min(body.bytes().length, LONGEST_SAID);
    String text = new String(body.bytes(), 0, length, StandardCharsets.UTF_8).strip();
    return error.isEmpty() || text.isEmpty() ? Optional.empty() : Optional.of(text);
  }
}
