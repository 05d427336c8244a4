package dev.headway.cli.request;

import dev.headway.limit.Cost;
import java.net.http.HttpRequest;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What one line of the input asks for, read once.
 *
 * @param line the line
 * @param id the id to report it by: a text, or a number as the JSON had it, or the line's number
 * @param url its URL as it is shown, with secrets by their names; empty if it cannot be read
 * @param carried the fields of the line that are none of a request, which its result has, too
 * @param cost what it takes of the limits
 * @param http what is sent; empty if the line cannot be read
 * @param fault why the line cannot be read, and which it is
 */
public record Request(
    Line line,
    Object id,
    String url,
    Map<String, JsonNode> carried,
    Cost cost,
    Optional<HttpRequest> http,
    Optional<String> fault) {

  static Request unreadable(Line line, Object id, Map<String, JsonNode> carried, String why) {
    return new Request(
        line, id, "", carried, Cost.one(), Optional.empty(), Optional.of(line.because(why)));
  }
}
