package dev.headway.cli;

import java.util.Map;

/**
 * Whether help may be written in bold and colours where it goes to a terminal. What goes to
 * standard error never is.
 */
final class Colours {

  private Colours() {}

  /**
   * Whether the environment has nothing against them: no {@code NO_COLOR}, and a terminal that can
   * show them.
   */
  static boolean wanted(Map<String, String> environment) {
    String terminal = environment.getOrDefault("TERM", "");
    return environment.getOrDefault("NO_COLOR", "").isEmpty()
        && !terminal.isEmpty()
        && !terminal.equals("dumb");
  }
}
