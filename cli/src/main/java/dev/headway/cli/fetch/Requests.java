package dev.headway.cli.fetch;

import dev.headway.cli.lines.Line;

/** Which lines ask for something. */
final class Requests {

  private Requests() {}

  /** Those that are neither blank nor a comment. */
  static boolean asks(Line line) {
    return !line.text().isBlank() && !line.text().stripLeading().startsWith("#");
  }
}
