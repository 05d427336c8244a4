package dev.headway.cli.request;

import dev.headway.cli.text.FileErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Who to be to which host, as a {@code .netrc} says: {@code machine HOST login NAME password WORD},
 * and {@code default} for any other host.
 *
 * @param byHost the values of {@code Authorization} by host
 */
record Netrc(Map<String, String> byHost) {

  /** Says nothing. */
  static final Netrc NONE = new Netrc(Map.of());

  private static final String ANY = "";

  /** A macro, up to an empty line, a comment, or a word, maybe in quotes. */
  private static final Pattern TOKEN =
      Pattern.compile("macdef(?s:.*?)(?:\\R\\s*\\R|\\z)|#.*|\"((?:[^\"\\\\]|\\\\.)*)\"|(\\S+)");

  /**
   * Reads a file.
   *
   * @param secrets gets the passwords
   * @throws IllegalArgumentException if it cannot be read
   */
  static Netrc read(Path file, Secrets secrets) {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "cannot read \"" + file + "\": " + FileErrors.reason(e), e);
    }
    Map<String, String> byHost = new HashMap<>();
    String host = ANY;
    String login = "";
    Iterator<String> words =
        TOKEN.matcher(text).results().map(Netrc::word).flatMap(Optional::stream).iterator();
    while (words.hasNext()) {
      String word = words.next();
      if (word.equals("default")) {
        host = ANY;
        login = "";
      } else if (words.hasNext()) {
        String value = words.next();
        switch (word) {
          case "machine" -> {
            host = value.toLowerCase(Locale.ROOT);
            login = "";
          }
          case "login" -> login = value;
          case "password" -> byHost.putIfAbsent(host, secrets.basic(login, value));
          default -> {
            // Such as an account, which HTTP has none of.
          }
        }
      }
    }
    return new Netrc(byHost);
  }

  private static Optional<String> word(MatchResult token) {
    return token.group(1) != null
        ? Optional.of(token.group(1).replaceAll("\\\\(.)", "$1"))
        : Optional.ofNullable(token.group(2));
  }

  /** The value of {@code Authorization} for a host, if there is one. */
  Optional<String> authorization(String host) {
    return Optional.ofNullable(byHost.get(host.toLowerCase(Locale.ROOT)))
        .or(() -> Optional.ofNullable(byHost.get(ANY)));
  }
}
