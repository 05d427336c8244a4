package dev.headway.cli.fetch;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What all requests have in common.
 *
 * @param template what lines fill in, if they are not requests themselves
 * @param table whether each line is a row of a table, as a JSON object of texts
 * @param headers values by name
 * @param costs where in a request's body amounts of budgets stand
 */
record Shape(
    Optional<RequestTemplate> template,
    boolean table,
    Map<String, String> headers,
    List<Pointed> costs) {

  /** Nothing. */
  static final Shape NONE = new Shape(Optional.empty(), false, Map.of(), List.of());
}
