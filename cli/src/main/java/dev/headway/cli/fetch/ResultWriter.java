package dev.headway.cli.fetch;

import static java.time.temporal.ChronoUnit.MILLIS;

import dev.headway.Outcome;
import dev.headway.cli.job.Sink;
import dev.headway.cli.request.Request;
import dev.headway.cli.request.Secrets;
import dev.headway.cli.resume.Finished;
import dev.headway.cli.text.Excerpt;
import dev.headway.cli.text.JsonLines;
import dev.headway.http.LimitedHttpClient;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpHeaders;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Writes results as JSON, a line each. */
final class ResultWriter implements Sink<Request, Result> {

  private static final int LONGEST_SAID = 300;

  /** The fields of a result; one of a line that is called so is written with {@code line.}. */
  private static final Set<String> OWN =
      Set.of(
          "id",
          "url",
          "status",
          "attempts",
          "startedAt",
          "waitedMs",
          "tookMs",
          "error",
          "headers",
          "body",
          "bodyBase64",
          "bodyFile",
          "input");

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

  /** What the result of a request is known by: what is written of it. */
  static long key(Request request) {
    return Finished.key(request.id(), request.url());
  }

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
    result
        .request()
        .carried()
        .forEach((name, value) -> line.put(OWN.contains(name) ? "line." + name : name, value));
    line.put("status", result.status().isPresent() ? result.status().getAsInt() : null);
    line.put("attempts", result.attempts());
    result.startedAt().ifPresent(at -> line.put("startedAt", at.truncatedTo(MILLIS).toString()));
    line.put("waitedMs", JsonLines.millis(result.waited()));
    line.put("tookMs", JsonLines.millis(result.took()));
    result.error().ifPresent(error -> line.put("error", error));
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
