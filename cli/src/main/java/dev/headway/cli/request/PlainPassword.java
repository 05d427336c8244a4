package dev.headway.cli.request;

/** A password in a URL that stands there as it is, for all to see. */
public final class PlainPassword {

  private PlainPassword() {}

  /** Whether a URL has a password of which a part at least does not come from a variable. */
  public static boolean isIn(String url) {
    String authority = url.replaceFirst("^[\\w+.-]*://", "").replaceFirst("[/?].*", "");
    int colon = authority.indexOf(':');
    int at = authority.lastIndexOf('@');
    return colon >= 0
        && colon < at
        && !Secrets.VARIABLE.matcher(authority.substring(colon + 1, at)).replaceAll("").isEmpty();
  }
}
