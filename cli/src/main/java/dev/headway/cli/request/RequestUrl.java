package dev.headway.cli.request;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;

/** Reads the URL of a request. */
final class RequestUrl {

  private static final int LARGEST_PORT = 65_535;

  private RequestUrl() {}

  /**
   * Reads a URL that can be fetched.
   *
   * @param shown the URL with secrets by their names
   * @throws IllegalArgumentException if it cannot be fetched
   */
  static URI parse(String url, String shown) {
    URI uri;
    try {
      uri = new URI(url);
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
          "names no host that can be asked: its name may have letters from a to z, digits, - and"
              + " dots, then a colon and a port");
    }
    if (uri.getPort() == 0 || uri.getPort() > LARGEST_PORT) {
      throw notFetched(shown, "has a port that is not from 1 to " + LARGEST_PORT);
    }
    return uri;
  }

  /** Whatever might be a user name or password is left out. */
  private static IllegalArgumentException notFetched(String url, String why) {
    String shown = RequestReader.shortened(url.replaceFirst("^(\\w+:/*)?.*@", "$1…@"));
    return new IllegalArgumentException("\"" + shown + "\" " + why);
  }
}
