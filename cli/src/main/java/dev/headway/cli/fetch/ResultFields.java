package dev.headway.cli.fetch;

import static java.time.temporal.ChronoUnit.MILLIS;

import dev.headway.cli.model.Money;
import dev.headway.cli.option.Selection;
import dev.headway.cli.request.Secrets;
import dev.headway.cli.resume.Finished;
import dev.headway.cli.text.JsonLines;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What is written of a result.
 *
 * @param kept says by its name whether a response's header is written
 * @param selections the parts of JSON responses that are written rather than all
 * @param secrets hidden in headers
 */
record ResultFields(Predicate<String> kept, List<Selection> selections, Secrets secrets) {

  /** The fields of a result, in any format, besides those of its line. */
  static final Set<String> OWN =
      Set.of(
          "id",
          "url",
          "status",
          "attempts",
          "startedAt",
          "waitedMs",
          "tookMs",
          "error",
          "requestHash",
          "usage",
          "cost",
          "headers",
          "selected",
          "pages",
          "morePages",
          "bodies",
          "body",
          "bodyBase64",
          "bodyFile",
          "response",
          "input");

  /**
   * The fields of a result by their names, in order.
   *
   * @throws IOException if a body cannot be read
   */
  Map<String, @Nullable Object> of(Result result) throws IOException {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("id", result.request().id());
    fields.put("url", result.request().http().isPresent() ? result.request().url() : null);
    fields.putAll(carried(result));
    fields.put("status", result.status().isPresent() ? result.status().getAsInt() : null);
    fields.put("attempts", result.attempts());
    result.startedAt().ifPresent(at -> fields.put("startedAt", at.truncatedTo(MILLIS).toString()));
    fields.put("waitedMs", JsonLines.millis(result.waited()));
    fields.put("tookMs", JsonLines.millis(result.took()));
    result.error().ifPresent(error -> fields.put("error", error));
    fields.put("requestHash", Finished.printed(ResultWriter.IDENTITY.key(result.request())));
    result.charge().ifPresent(charge -> putCharge(fields, charge));
    Map<String, String> headers = headers(result.headers());
    if (!headers.isEmpty()) {
      fields.put("headers", headers);
    }
    putBody(fields, result);
    return fields;
  }

  private static void putCharge(Map<String, @Nullable Object> fields, Charge charge) {
    charge
        .usage()
        .ifPresent(
            usage -> fields.put("usage", Map.of("input", usage.input(), "output", usage.output())));
    charge.cost().ifPresent(cost -> fields.put("cost", Money.exact(cost)));
  }

  /**
   * The fields of the line that are none of a request. One that is called like another field is
   * written with {@code line.}.
   */
  Map<String, JsonNode> carried(Result result) {
    Map<String, JsonNode> carried = new LinkedHashMap<>();
    result
        .request()
        .carried()
        .forEach((name, value) -> carried.put(isTaken(name) ? "line." + name : name, value));
    return carried;
  }

  private boolean isTaken(String name) {
    return OWN.contains(name) || selections.stream().anyMatch(part -> part.name().equals(name));
  }

  private void putBody(Map<String, @Nullable Object> fields, Result result) throws IOException {
    Body body = result.body();
    if (result.pages().isPresent()) {
      putPages(fields, result.pages().get(), result.error().isPresent());
      if (result.error().isEmpty()) {
        return;
      }
    }
    Optional<Map<String, JsonNode>> selected =
        selections.isEmpty() || result.status().isEmpty() || result.pages().isPresent()
            ? Optional.empty()
            : Selected.of(body.decoded(result.headers()), selections);
    selected.ifPresent(parts -> fields.put("selected", parts));
    if (body.file().isPresent()) {
      fields.put("bodyFile", body.file().get().toString());
    } else if ((selected.isEmpty() || result.error().isPresent())
        && (body.bytes().length > 0 || result.error().isEmpty())) {
      Optional<String> text = BodyText.of(body.bytes(), result.headers());
      fields.put(
          text.isPresent() ? "body" : "bodyBase64", text.isPresent() ? text.get() : body.bytes());
    }
  }

  private void putPages(Map<String, @Nullable Object> fields, PageBodies pages, boolean failed) {
    fields.put("pages", pages.pages().size());
    if (pages.more()) {
      fields.put("morePages", true);
    }
    Optional<Map<String, JsonNode>> selected =
        selections.isEmpty() ? Optional.empty() : Selected.ofAll(pages, selections);
    if (selected.isPresent() && !failed) {
      fields.put("selected", selected.get());
    } else {
      fields.put("bodies", pages.pages().stream().map(ResultFields::text).toList());
    }
  }

  /** A body that is no text is an object with its bytes. */
  private static Object text(PageBodies.Page page) {
    byte[] bytes = page.body().bytes();
    Optional<String> text = BodyText.of(bytes, page.headers());
    return text.isPresent() ? text.get() : Map.of("base64", bytes);
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
