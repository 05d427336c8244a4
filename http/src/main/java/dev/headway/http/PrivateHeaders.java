package dev.headway.http;

import java.util.regex.Pattern;

/** The header fields whose values are secrets. */
final class PrivateHeaders {

  private static final Pattern PRIVATE =
      Pattern.compile(
          "(proxy-)?authorization|cookie2?|.*(key|token|secret|password|passwd|credential|session"
              + "|signature|auth)s?([-_].*)?",
          Pattern.CASE_INSENSITIVE);

  /** It names a request, and is needed where the request goes. */
  private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  private PrivateHeaders() {}

  /** Whether a field's value is a secret, by the field's name. */
  static boolean isPrivate(String name) {
    return PRIVATE.matcher(name).matches() && !name.equalsIgnoreCase(IDEMPOTENCY_KEY);
  }
}
