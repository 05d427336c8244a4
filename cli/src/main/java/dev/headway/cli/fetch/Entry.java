package dev.headway.cli.fetch;

import dev.headway.limit.Cost;
import java.net.http.HttpRequest;
import java.util.Optional;

/** What one line of the input asks for. */
sealed interface Entry {

  /** The id to report it by: a text, or a number as the JSON had it, or the number of the line. */
  Object id();

  /** Where to, as it is shown, if that can be read. */
  Optional<String> url();

  /**
   * A request to send.
   *
   * @param shownUrl its URL with a secret in it by its name
   */
  record Request(Object id, HttpRequest request, String shownUrl, Cost cost) implements Entry {
    @Override
    public Optional<String> url() {
      return Optional.of(shownUrl);
    }
  }

  /** A line that cannot be read, and why. */
  record Unreadable(Object id, String why) implements Entry {
    @Override
    public Optional<String> url() {
      return Optional.empty();
    }
  }
}
