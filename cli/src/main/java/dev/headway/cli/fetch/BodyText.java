package dev.headway.cli.fetch;

import java.net.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Bodies as text. */
final class BodyText {

  private static final Pattern CHARSET =
      Pattern.compile(";\\s*charset=\"?([\\w.:-]+)", Pattern.CASE_INSENSITIVE);

  private BodyText() {}

  /**
   * The text of a body, by the charset that its {@code Content-Type} names, or UTF-8 where that is
   * none; empty if not all of its bytes can be had back from that.
   */
  static Optional<String> of(byte[] body, HttpHeaders headers) {
    Charset charset = charset(headers.firstValue("Content-Type").orElse(""));
    try {
      String text = charset.newDecoder().decode(ByteBuffer.wrap(body)).toString();
      boolean whole =
          charset.equals(StandardCharsets.UTF_8)
              || (charset.canEncode() && Arrays.equals(text.getBytes(charset), body));
      return whole ? Optional.of(text) : Optional.empty();
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static Charset charset(String type) {
    Matcher named = CHARSET.matcher(type);
    try {
      return named.find() ? Charset.forName(named.group(1)) : StandardCharsets.UTF_8;
    } catch (IllegalArgumentException unknown) {
      return StandardCharsets.UTF_8;
    }
  }
}
