package dev.headway.cli.request;

import dev.headway.limit.Cost;
import java.net.http.HttpRequest;
import java.util.Optional;

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
 * @param cost what it takes of the limits
 * @param http what is sent; empty if the line cannot be read
 * @param fault why the line cannot be read, and which it is
 */
public record Request(
    Line line,
    String content,
    Optional<Object> ownId,
    long number,
    String url,
    Cost cost,
    Optional<HttpRequest> http,
    Optional<String> fault) {

  static Request unreadable(Line line, Optional<Object> ownId, String why) {
    return new Request(
        line,
        line.text(),
        ownId,
        line.number(),
        "",
        Cost.one(),
        Optional.empty(),
        Optional.of(line.because(why)));
  }

  /** The id to report it by. */
  public Object id() {
    return ownId.orElse(number);
  }

  /** The same request with another number. */
  public Request numbered(long other) {
    return new Request(line, content, ownId, other, url, cost, http, fault);
  }
}
