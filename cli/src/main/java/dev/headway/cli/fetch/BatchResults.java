package dev.headway.cli.fetch;

import dev.headway.cli.resume.Finished;
import dev.headway.cli.text.JsonLines;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes results as the lines that OpenAI documents for the output and error files of its Batch
 * API: {@code id}, {@code custom_id}, {@code response} with {@code status_code}, {@code request_id}
 * and {@code body}, and {@code error} with {@code code} and {@code message}; one of the last two is
 * null. The id ends with the hash by which {@code --resume} knows the request.
 */
final class BatchResults implements ResultFormat {

  private static final String CUSTOM_ID = "custom_id";
  private static final List<String> REQUEST_IDS = List.of("x-request-id", "request-id");
  private static final JsonMapper JSON = JsonMapper.shared();

  private final JsonLines lines;

  BatchResults(OutputStream output) {
    this.lines = new JsonLines(output);
  }

  @Override
  public Optional<String> write(Result result) throws IOException {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    String hash = Finished.printed(ResultWriter.IDENTITY.key(result.request()));
    line.put("id", Finished.BATCH_ID + hash);
    line.put(CUSTOM_ID, customId(result));
    line.put("response", result.status().isPresent() ? response(result) : null);
    line.put("error", error(result));
    lines.write(line);
    return Optional.empty();
  }

  private static String customId(Result result) {
    JsonNode given = result.request().carried().get(CUSTOM_ID);
    return given != null && given.isString()
        ? given.stringValue()
        : String.valueOf(result.request().id());
  }

  private static Map<String, Object> response(Result result) throws IOException {
    Map<String, Object> response = new LinkedHashMap<>();
    response.put("status_code", result.status().orElseThrow());
    response.put(
        "request_id",
        REQUEST_IDS.stream()
            .flatMap(name -> result.headers().firstValue(name).stream())
            .findFirst()
            .orElse(""));
    response.put("body", body(result));
    return response;
  }

  /** The JSON of a body; one that is none is a text. */
  private static Object body(Result result) throws IOException {
    byte[] bytes = result.body().decoded(result.headers());
    try {
      JsonNode json = JSON.readTree(bytes);
      return json.isMissingNode() ? "" : json;
    } catch (JacksonException notJson) {
      return BodyText.of(bytes, result.headers())
          .orElseGet(() -> new String(bytes, StandardCharsets.ISO_8859_1));
    }
  }

  /** What kept a request from a response. A response with an error status says for itself. */
  private static @Nullable Map<String, Object> error(Result result) {
    boolean saysItself = result.status().isPresent() && result.status().getAsInt() >= 400;
    if (result.error().isEmpty() || saysItself) {
      return null;
    }
    Map<String, Object> error = new LinkedHashMap<>();
    error.put("code", "request_failed");
    error.put("message", result.error().get());
    return error;
  }
}
