package dev.headway.http;

import java.util.regex.Pattern;

/** The header fields whose values are secrets, by their names. */
public final class PrivateHeaders {

  private static final Pattern PRIVATE =
      Pattern.compile(
          "(proxy-)?authorization|cookie2?|.*(key|token|secret|password|passwd|credential|session"
              + "|signature|auth)s?([-_].*)?",
          Pattern.CASE_INSENSITIVE);

  /** It names a request, and is needed where the request goes. */
  private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  private PrivateHeaders() {}

  /**
   * Whether the value of a field with this name, in any case, is a secret: {@code Authorization},
   * {@code Proxy-Authorization}, {@code Cookie}, and names with a word such as key, token, secret,
   * password, session, signature or auth, but {@code Idempotency-Key}.
   */
  public static boolean isPrivate(String name) {
    return PRIVATE.matcher(name).matches() && !name.equalsIgnoreCase(IDEMPOTENCY_KEY);
  }
}
