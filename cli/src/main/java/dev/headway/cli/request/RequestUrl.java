package dev.headway.cli.request;

import java.net.IDN;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the URL of a request as people write it. What a URI may not hold is percent-encoded in
 * UTF-8; escapes stay as they are. The name of a host is sent in ASCII (IDNA 2003), and a fragment
 * is not sent.
 */
public final class RequestUrl {

  private static final int LARGEST_PORT = 65_535;

  /** The scheme, the authority, the path and the query. */
  private static final Pattern PARTS =
      Pattern.compile("(?s)((?:[^:/?]+:)?(?://)?)((?<=//)[^/?]*)?([^?]*)(.*)");

  private static final String LEGAL_IN_PATH = "-._~!$&'()*+,;=:@/";
  private static final String LEGAL_IN_QUERY = LEGAL_IN_PATH + "?[]";

  /** Letters that IDNA 2008 has and IDNA 2003 makes others of: they would name another host. */
  private static final Pattern OF_IDNA_2008 = Pattern.compile("[ßς\u200C\u200D]");

  private static final int REPLACEMENT = 0xFFFD;

  private RequestUrl() {}

  /**
   * Reads a URL that can be fetched.
   *
   * @param shown the URL with secrets by their names
   * @param reveal makes what is sent of a text that is shown
   * @throws IllegalArgumentException if it cannot be fetched
   */
  static URI parse(String shown, UnaryOperator<String> reveal) {
    URI uri;
    try {
      uri = new URI(encoded(reveal.apply(withoutFragment(shown)), shown));
    } catch (URISyntaxException e) {
      throw notFetched(shown, "is not a URL: " + e.getReason());
    }
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    if (!Set.of("http", "https").contains(scheme)) {
      throw notFetched(shown, "cannot be fetched: it must begin with http:// or https://");
    }
    String authority = uri.getRawAuthority();
    if (authority == null) {
      throw notFetched(shown, "names no host");
    }
    if (authority.contains("@")) {
      throw notFetched(
          shown, "holds a user name or password, which is not sent: use an Authorization header");
    }
    if (uri.getHost() == null) {
      throw notFetched(
          shown,
          authority.contains("_")
              ? "has a host with _ in its name, which Java's HTTP client cannot send to: use its"
                  + " address, or a name without _"
              : "names no host that can be asked: its name may have letters, digits, - and dots,"
                  + " then a colon and a port");
    }
    if (uri.getPort() == 0 || uri.getPort() > LARGEST_PORT) {
      throw notFetched(shown, "has a port that is not from 1 to " + LARGEST_PORT);
    }
    return uri;
  }

  /**
   * Reads a URL that a server names, from where it is found.
   *
   * @throws IllegalArgumentException if it cannot be fetched
   */
  public static URI resolve(URI from, String url) {
    String path = String.valueOf(from.getRawPath());
    String whole = url.strip().startsWith("?") ? path + url.strip() : url.strip();
    URI resolved = from.resolve(encoded(withoutFragment(whole), whole));
    return parse(resolved.toString(), UnaryOperator.identity());
  }

  private static String withoutFragment(String url) {
    int hash = url.indexOf('#');
    return hash < 0 ? url : url.substring(0, hash);
  }

  private static String encoded(String url, String shown) {
    Matcher parts = PARTS.matcher(url);
    if (!parts.matches()) {
      return url;
    }
    String authority = parts.group(2) == null ? "" : parts.group(2);
    return parts.group(1)
        + ascii(authority, shown)
        + encoded(parts.group(3), c -> LEGAL_IN_PATH.indexOf(c) >= 0)
        + encoded(parts.group(4), c -> LEGAL_IN_QUERY.indexOf(c) >= 0);
  }

  /** The authority with the name of its host in ASCII. */
  private static String ascii(String authority, String shown) {
    if (authority.chars().allMatch(c -> c < 0x80)) {
      return authority;
    }
    if (OF_IDNA_2008.matcher(authority).find()) {
      throw notFetched(
          shown,
          "has a letter in its host that stands for another in IDNA 2003: write the host in ASCII,"
              + " such as xn--fa-hia.de for faß.de");
    }
    String host = authority.replaceFirst(":\\d*$", "");
    try {
      return IDN.toASCII(host, IDN.ALLOW_UNASSIGNED | IDN.USE_STD3_ASCII_RULES)
          + authority.substring(host.length());
    } catch (IllegalArgumentException e) {
      return authority;
    }
  }

  /** Says which characters stay as they are, besides letters, digits and escapes. */
  private interface Legal {
    boolean has(int character);
  }

  private static String encoded(String text, Legal legal) {
    StringBuilder encoded = new StringBuilder();
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      boolean stays =
          c == '%' ? isEscape(text, i) : c < 0x80 && (Character.isLetterOrDigit(c) || legal.has(c));
      if (stays) {
        encoded.append((char) c);
      } else {
        int whole =
            Character.isBmpCodePoint(c) && Character.isSurrogate((char) c) ? REPLACEMENT : c;
        for (byte each : Character.toString(whole).getBytes(StandardCharsets.UTF_8)) {
          encoded.append(String.format("%%%02X", each));
        }
      }
    }
    return encoded.toString();
  }

  private static boolean isEscape(String text, int digits) {
    return digits + 2 <= text.length()
        && Character.digit(text.charAt(digits), 16) >= 0
        && Character.digit(text.charAt(digits + 1), 16) >= 0;
  }

  /** Whatever might be a user name or password is left out. */
  private static IllegalArgumentException notFetched(String url, String why) {
    String shown = RequestReader.shortened(url.replaceFirst("^(\\w+:/*)?.*@", "$1…@"));
    return new IllegalArgumentException("\"" + shown + "\" " + why);
  }
}
