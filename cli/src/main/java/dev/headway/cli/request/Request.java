package dev.headway.cli.request;

import dev.headway.cli.model.ModelCall;
import dev.headway.limit.Cost;
import java.net.http.HttpRequest;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What one line of the input asks for, read once.
 *
 * @param line the line
 * @param content what tells it apart from other requests, from run to run: its URL, and its id,
 *     method, headers and body as far as the line has them
 * @param ownId its id if the line has one: a text, or a number as the JSON had it
 * @param number its id otherwise: the number of the line, or another one if an earlier run's result
 *     has that
 * @param url its URL as it is shown, with secrets by their names; empty if it cannot be read
 * @param carried the fields of the line that are none of a request, which its result has, too
 * @param cost what it takes of the limits
 * @param call what it asks of a language model, if it does
 * @param http what is sent; empty if the line cannot be read
 * @param fault why the line cannot be read, and which it is
 */
public record Request(
    Line line,
    String content,
    Optional<Object> ownId,
    long number,
    String url,
    Map<String, JsonNode> carried,
    Cost cost,
    Optional<ModelCall> call,
    Optional<HttpRequest> http,
    Optional<String> fault) {

  static Request unreadable(
      Line line, Optional<Object> ownId, Map<String, JsonNode> carried, String why) {
    return new Request(
        line,
        line.text(),
        ownId,
        line.number(),
        "",
        carried,
        Cost.one(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(line.because(why)));
  }

  /** The id to report it by. */
  public Object id() {
    return ownId.orElse(number);
  }

  /** The same request with another number. */
  public Request numbered(long other) {
    return new Request(line, content, ownId, other, url, carried, cost, call, http, fault);
  }
}
