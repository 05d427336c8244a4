package dev.headway.http;

import java.net.http.HttpResponse.ResponseInfo;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text of bodies. */
final class Charsets {

  private static final Pattern CHARSET =
      Pattern.compile(";\\s*charset=\"?([\\w.:-]+)", Pattern.CASE_INSENSITIVE);

  private Charsets() {}

  /** Bytes as text, by the charset of {@code Content-Type}, or UTF-8 where that is none. */
  static String decode(ResponseInfo head, byte[] bytes) {
    Optional<String> type = head.headers().firstValue("Content-Type");
    return new String(bytes, type.flatMap(Charsets::named).orElse(StandardCharsets.UTF_8));
  }

  private static Optional<Charset> named(String type) {
    Matcher matcher = CHARSET.matcher(type);
    try {
      return matcher.find() ? Optional.of(Charset.forName(matcher.group(1))) : Optional.empty();
    } catch (IllegalArgumentException unknown) {
      return Optional.empty();
    }
  }
}
