package dev.headway.cli.fetch;

import dev.headway.cli.option.Selection;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NullNode;

/** Takes the parts of JSON responses that results have. */
final class Selected {

  /** Numbers stay as they are written. */
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private Selected() {}

  /** The parts by their names; null where there is none. Empty if the body is no JSON. */
  static Optional<Map<String, JsonNode>> of(byte[] body, List<Selection> selections) {
    try {
      JsonNode document = JSON.readTree(new String(body, StandardCharsets.UTF_8));
      Map<String, JsonNode> parts = new LinkedHashMap<>();
      for (Selection selection : selections) {
        JsonNode part = document.at(selection.pointer());
        parts.put(selection.name(), part.isMissingNode() ? NullNode.getInstance() : part);
      }
      return document.isMissingNode() ? Optional.empty() : Optional.of(parts);
    } catch (JacksonException notJson) {
      return Optional.empty();
    }
  }

  /**
   * The parts of all pages: lists are joined, and of anything else it is that of the first page.
   * Empty if a page is no JSON.
   */
  static Optional<Map<String, JsonNode>> ofAll(PageBodies pages, List<Selection> selections) {
    Map<String, JsonNode> all = new LinkedHashMap<>();
    for (PageBodies.Page page : pages.pages()) {
      Optional<Map<String, JsonNode>> parts = of(page.body().bytes(), selections);
      if (parts.isEmpty()) {
        return Optional.empty();
      }
      parts
          .get()
          .forEach((name, part) -> {
            JsonNode before = all.putIfAbsent(name, part);
            if (before instanceof ArrayNode list && part instanceof ArrayNode more) {
              list.addAll(more);
            }
          });
    }
    return Optional.of(all);
  }
}
