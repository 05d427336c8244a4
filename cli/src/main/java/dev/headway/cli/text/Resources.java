package dev.headway.cli.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Text files that are packaged beside the classes that use them. */
public final class Resources {

  private Resources() {}

  /**
   * Reads a UTF-8 file.
   *
   * @param beside a class of the same package
   * @param name of the file, without a folder
   * @throws IllegalStateException if the build has no such file
   */
  public static String text(Class<?> beside, String name) {
    try (InputStream in = beside.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing from this build");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
