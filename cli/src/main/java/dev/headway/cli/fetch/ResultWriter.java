package dev.headway.cli.fetch;

import static java.time.temporal.ChronoUnit.MILLIS;

import dev.headway.Outcome;
import dev.headway.cli.job.Sink;
import dev.headway.cli.request.Request;
import dev.headway.cli.request.Secrets;
import dev.headway.cli.resume.Finished;
import dev.headway.cli.text.JsonLines;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes results as JSON, a line each. */
final class ResultWriter implements Sink<Request, Result> {

  private final JsonLines lines;
  private final Secrets secrets;

  ResultWriter(OutputStream output, Secrets secrets) {
    this.lines = new JsonLines(output);
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
            .map(error -> error + result.said().map(secrets::hide).map(": "::concat).orElse(""));
    return Optional.of(
        new Summary(result.request().url(), result.attempts(), why, Optional.empty()));
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
    Optional<String> error = result.error();
    if (error.isPresent()) {
      line.put("error", error.get() + result.said().map(text -> ": " + text).orElse(""));
    } else if (result.body().file().isPresent()) {
      line.put("bodyFile", result.body().file().get().toString());
    } else {
      putBody(line, result.body().bytes());
    }
    lines.write(line);
  }

  /** Text as text, anything else in Base64. */
  private static void putBody(Map<String, @Nullable Object> line, byte[] body) {
    try {
      line.put(
          "body", StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
    } catch (CharacterCodingException e) {
      line.put("bodyBase64", body);
    }
  }
}
