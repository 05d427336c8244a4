package dev.headway.cli.fetch;

import dev.headway.Cost;
import java.net.http.HttpRequest;

/** What one line of the input asks for. */
sealed interface Entry {

  /** The id to report it by: a text, or a number as the JSON had it, or the number of the line. */
  Object id();

  /** A request to send. */
  record Request(Object id, HttpRequest request, Cost cost) implements Entry {}

  /** A line that cannot be read, and why. */
  record Unreadable(Object id, String why) implements Entry {}
}
