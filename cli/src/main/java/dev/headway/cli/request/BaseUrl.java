package dev.headway.cli.request;

import dev.headway.cli.option.InputOptions;
import java.util.Optional;

/**
 * The address that URLs without one of their own follow.
 *
 * @param shown the address as it is shown: a secret is in it by its name; empty if there is none
 * @param sent the address as it is sent
 */
record BaseUrl(String shown, String sent) {

  /** None. */
  static final BaseUrl NONE = new BaseUrl("", "");

  /**
   * The one that options give.
   *
   * @throws IllegalArgumentException if it cannot be fetched from
   */
  static BaseUrl of(InputOptions options, Secrets secrets) {
    Optional<String> given = options.baseUrl().map(secrets::address);
    if (given.isEmpty()) {
      return NONE;
    }
    String shown = given.get().replaceFirst("/+$", "");
    if (shown.contains("?") || shown.contains("#")) {
      throw new IllegalArgumentException(
          "--base-url: \"" + shown + "\" has a query or a fragment, which nothing can follow");
    }
    var unused = RequestUrl.parse(shown, secrets::revealUrl);
    return new BaseUrl(shown, secrets.revealUrl(shown));
  }

  boolean isNone() {
    return shown.isEmpty();
  }

  /** A URL as it is shown; one with a scheme stays as it is. */
  String join(String url) {
    return isNone() ? url : InputOptions.join(shown, url);
  }

  /** What is sent of a URL that is shown. A line is never taken for a variable. */
  String reveal(String url) {
    return !isNone() && url.startsWith(shown) ? sent + url.substring(shown.length()) : url;
  }
}
