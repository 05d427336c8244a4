package dev.headway.cli.fetch;

import static java.time.temporal.ChronoUnit.MILLIS;

import dev.headway.Outcome;
import dev.headway.cli.job.Sink;
import dev.headway.cli.request.Request;
import dev.headway.cli.request.Secrets;
import dev.headway.cli.resume.Finished;
import dev.headway.cli.resume.Identity;
import dev.headway.cli.text.Excerpt;
import dev.headway.cli.text.JsonLines;
import dev.headway.http.LimitedHttpClient;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpHeaders;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Writes results as JSON, a line each. */
final class ResultWriter implements Sink<Request, Result> {

  private static final int LONGEST_SAID = 300;

  private final JsonLines lines;
  private final Predicate<String> kept;
  private final Secrets secrets;

  /**
   * Writes to a stream.
   *
   * @param kept says by its name whether a response's header is written
   * @param secrets hidden in those
   */
  ResultWriter(OutputStream output, Predicate<String> kept, Secrets secrets) {
    this.lines = new JsonLines(output);
    this.kept = kept;
    this.secrets = secrets;
  }

  /** How requests are told apart from run to run. */
  static final Identity<Request> IDENTITY =
      new Identity<>() {
        @Override
        public long key(Request request) {
          return Finished.key(request.content());
        }

        @Override
        public OptionalLong number(Request request) {
          return request.ownId().isPresent()
              ? OptionalLong.empty()
              : OptionalLong.of(request.number());
        }

        @Override
        public Request numbered(Request request, long number) {
          return request.numbered(number);
        }
      };

  @Override
  public Optional<Summary> write(Outcome<Request, Result> outcome) throws IOException {
    if (outcome instanceof Outcome.Failure<Request, Result> failure) {
      throw new IllegalStateException("a request was lost", failure.exception());
    }
    Result result = outcome.value();
    write(result);
    Optional<String> why =
        result
            .error()
            .map(error ->
                error
                    + result
                        .said()
                        .map(secrets::hide)
                        .map(said -> ": " + Excerpt.of(said, LONGEST_SAID))
                        .orElse(""));
    Optional<String> unusable =
        result
            .request()
            .http()
            .filter(request -> result.unusable())
            .map(request -> secrets.hideHost(LimitedHttpClient.hostOf(request.uri())));
    return Optional.of(
        new Summary(result.request().url(), result.attempts(), why, Optional.empty(), unusable));
  }

  private void write(Result result) throws IOException {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("id", result.request().id());
    line.put("url", result.request().http().isPresent() ? result.request().url() : null);
    line.put("status", result.status().isPresent() ? result.status().getAsInt() : null);
    line.put("attempts", result.attempts());
    result.startedAt().ifPresent(at -> line.put("startedAt", at.truncatedTo(MILLIS).toString()));
    line.put("waitedMs", JsonLines.millis(result.waited()));
    line.put("tookMs", JsonLines.millis(result.took()));
    result.error().ifPresent(error -> line.put("error", error));
    line.put("requestHash", Finished.printed(IDENTITY.key(result.request())));
    Map<String, String> headers = headers(result.headers());
    if (!headers.isEmpty()) {
      line.put("headers", headers);
    }
    if (result.body().file().isPresent()) {
      line.put("bodyFile", result.body().file().get().toString());
    } else if (result.body().bytes().length > 0 || result.error().isEmpty()) {
      Optional<String> text = BodyText.of(result.body().bytes(), result.headers());
      line.put(
          text.isPresent() ? "body" : "bodyBase64",
          text.isPresent() ? text.get() : result.body().bytes());
    }
    lines.write(line);
  }

  /** Those that are kept; the values of a field that comes more than once are one list. */
  private Map<String, String> headers(HttpHeaders received) {
    Map<String, String> headers = new LinkedHashMap<>();
    received
        .map()
        .forEach((name, values) -> {
          if (!name.startsWith(":") && kept.test(name)) {
            headers.put(name, secrets.hide(String.join(", ", values)));
          }
        });
    return headers;
  }
}
