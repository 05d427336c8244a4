package dev.headway.cli.progress;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;

/** Whether somebody is looking. */
final class Terminal {

  private Terminal() {}

  /**
   * Whether standard error is a terminal. The JDK tells it of standard input and output only, so the
   * system's own {@code test} is asked; where there is none, nobody is looking.
   */
  static boolean isStandardError() {
    try {
      Process test = new ProcessBuilder("test", "-t", "2").redirectError(Redirect.INHERIT).start();
      return test.waitFor() == 0;
    } catch (IOException noSuchCommand) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
