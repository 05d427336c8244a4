package dev.headway.cli.model;

import dev.headway.cli.text.FileErrors;
import dev.headway.cli.text.Resources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The presets there are: those of well-known vendors, and files of one's own. */
public final class Presets {

  private static final List<String> NAMES =
      List.of("openai", "anthropic", "gemini", "azure", "openrouter", "ollama");

  private Presets() {}

  /** The names of those that come with Headway. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * The preset of a vendor's name, or that in a file.
   *
   * @param given a name of {@link #names}, or a file whose name ends in {@code .json}
   * @throws IllegalArgumentException if there is none, or its file is wrong
   */
  public static Preset of(String given) {
    if (NAMES.contains(given)) {
      return PresetReader.read(given, text(given));
    }
    if (!given.endsWith(".json")) {
      throw new IllegalArgumentException(
          "there is no preset \""
              + given
              + "\": write one of "
              + String.join(", ", NAMES)
              + ", or a file that ends in .json");
    }
    try {
      return PresetReader.read(given, text(given));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "\""
              + given
              + "\" is no preset: "
              + e.getMessage()
              + ". headway presets openai shows one",
          e);
    }
  }

  /**
   * The data file of a preset, as it is.
   *
   * @throws IllegalArgumentException if it cannot be read
   */
  public static String text(String given) {
    if (NAMES.contains(given)) {
      return Resources.text(Presets.class, given + ".json");
    }
    try {
      return Files.readString(Path.of(given));
    } catch (IOException e) {
      throw new IllegalArgumentException("it cannot be read: " + FileErrors.reason(e), e);
    }
  }
}
