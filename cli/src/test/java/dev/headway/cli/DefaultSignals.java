package dev.headway.cli;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts programs with the signals as they are by default. What a script starts in the background
 * ignores SIGINT, and so would all that the tests start, and no shell can change that.
 */
final class DefaultSignals {

  private static final List<List<String>> WAYS =
      List.of(
          // Of coreutils, since 8.31.
          List.of("env", "--default-signal=INT,QUIT"),
          List.of("perl", "-e", "$SIG{INT} = $SIG{QUIT} = 'DEFAULT'; exec { $ARGV[0] } @ARGV"));

  /** Where there is neither, the tests of signals need to be run in the foreground. */
  private static final List<String> WAY =
      WAYS.stream().filter(DefaultSignals::works).findFirst().orElse(List.of());

  private DefaultSignals() {}

  /** A command that becomes the given one. */
  static List<String> of(List<String> command) {
    List<String> all = new ArrayList<>(WAY);
    all.addAll(command);
    return all;
  }

  private static boolean works(List<String> way) {
    List<String> command = new ArrayList<>(way);
    command.add("true");
    try {
      return new ProcessBuilder(command)
              .redirectError(Redirect.DISCARD)
              .start()
              .onExit()
              .join()
              .exitValue()
          == 0;
    } catch (IOException notThere) {
      return false;
    }
  }
}
