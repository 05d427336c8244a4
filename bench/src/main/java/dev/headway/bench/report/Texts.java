package dev.headway.bench.report;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;

/** Texts of a resource, by name. */
final class Texts {

  private Texts() {}

  /** The versions of the measured libraries. */
  static SortedMap<String, String> versions() {
    return read("/dev/headway/bench/versions.properties");
  }

  /** The reason why a target is not met. */
  static SortedMap<String, String> explanations() {
    return read("/dev/headway/bench/explanations.properties");
  }

  private static SortedMap<String, String> read(String resource) {
    Properties properties = new Properties();
    try (InputStreamReader in =
        new InputStreamReader(
            Objects.requireNonNull(Texts.class.getResourceAsStream(resource), resource),
            StandardCharsets.UTF_8)) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    SortedMap<String, String> texts = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    properties.stringPropertyNames().forEach(name -> texts.put(name, properties.getProperty(name)));
    return texts;
  }
}
