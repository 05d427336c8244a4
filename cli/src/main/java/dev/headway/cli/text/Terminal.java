package dev.headway.cli.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.OptionalInt;

/** Whether there is a terminal, and how wide it is. */
public final class Terminal {

  private static final String ASK =
      "test -t 2 && test \"$TERM\" != dumb && { stty size <&2 || echo; }";

  /** How many columns there are where it is unknown. */
  public static final int USUAL_WIDTH = 80;

  private Terminal() {}

  /**
   * How many columns standard error has, or empty if it is no terminal. The JDK knows neither, and
   * libraries that do take Ctrl-C for themselves, so the system's own commands are asked; where
   * there are none, there is no terminal.
   */
  public static OptionalInt width() {
    try {
      Process ask = new ProcessBuilder("sh", "-c", ASK).redirectError(Redirect.INHERIT).start();
      ask.getOutputStream().close();
      try (BufferedReader answer = ask.inputReader()) {
        String size = answer.readLine();
        return size == null ? OptionalInt.empty() : OptionalInt.of(columns(size));
      }
    } catch (IOException noSuchCommand) {
      return OptionalInt.empty();
    }
  }

  /** Whether standard output is one. */
  public static boolean isOutput() {
    try {
      ProcessBuilder ask = new ProcessBuilder("sh", "-c", "test -t 1");
      return ask.redirectOutput(Redirect.INHERIT).start().onExit().join().exitValue() == 0;
    } catch (IOException noSuchCommand) {
      return false;
    }
  }

  /** The second of the rows and columns, such as 80 in {@code 24 80}. */
  static int columns(String size) {
    String columns = size.replaceFirst("^\\d+ (\\d{1,5})$", "$1");
    return columns.matches("[1-9]\\d*") ? Integer.parseInt(columns) : USUAL_WIDTH;
  }
}
