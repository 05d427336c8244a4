package dev.headway.http;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Addresses in {@code Location} fields, which servers do not always write as they should. */
final class Locations {

  private static final String NEVER_LEGAL = " \"<>\\^`{|}";
  private static final int LAST_OF_ONE_BYTE = 0xFF;
  private static final int FIRST_AFTER_ASCII = 0x7F;

  private Locations() {}

  /**
   * The address that a {@code Location} names, read from where it was found. Characters that an
   * address may not hold, such as spaces, are percent-encoded first. Empty if it is none even so.
   */
  static Optional<URI> resolve(URI from, String location) {
    String stripped = location.strip();
    return parse(from, encoded(stripped, NEVER_LEGAL))
        .or(() -> {
          int path = startOfPath(stripped);
          return parse(
              from,
              encoded(stripped.substring(0, path), NEVER_LEGAL)
                  + encoded(stripped.substring(path), NEVER_LEGAL + "[]"));
        });
  }

  private static Optional<URI> parse(URI from, String location) {
    try {
      // URI drops the last part of the path for a query alone, and RFC 3986, section 5.2.2 keeps
      // it.
      return Optional.of(
          from.resolve(location.startsWith("?") ? from.getRawPath() + location : location));
    } catch (IllegalArgumentException notAnAddress) {
      return Optional.empty();
    }
  }

  /** Where the authority ends, which may hold an address in brackets. */
  private static int startOfPath(String location) {
    int authority = location.indexOf("//");
    int path = authority < 0 ? 0 : location.indexOf('/', authority + 2);
    return path < 0 ? location.length() : path;
  }

  /**
   * Header fields come byte by byte, so that a character up to U+00FF is the byte that was sent.
   */
  private static String encoded(String text, String illegal) {
    StringBuilder encoded = new StringBuilder();
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (c > LAST_OF_ONE_BYTE) {
        for (byte each : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
          append(encoded, each);
        }
      } else if (c <= ' ' || c >= FIRST_AFTER_ASCII || illegal.indexOf(c) >= 0) {
        append(encoded, (byte) c);
      } else if (c == '%' && !isEscape(text, i)) {
        append(encoded, (byte) c);
      } else {
        encoded.append((char) c);
      }
    }
    return encoded.toString();
  }

  private static boolean isEscape(String text, int digits) {
    return digits + 2 <= text.length()
        && Character.digit(text.charAt(digits), 16) >= 0
        && Character.digit(text.charAt(digits + 1), 16) >= 0;
  }

  private static void append(StringBuilder encoded, byte each) {
    encoded.append(String.format("%%%02X", each));
  }
}
