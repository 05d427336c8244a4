package dev.headway.cli.watch;

import dev.headway.cli.text.Resources;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/**
 * The page that shows a picture: one text with all that it needs. Nothing that it shows can become
 * markup or code: pictures are data to it, and its policy lets it run the scripts that are ours,
 * which it knows by their hashes, and reach nothing but, while it is live, where it came from.
 */
public final class Page {

  /** Whether a page stays as it is. */
  public enum Kind {
    /** It shows what was. */
    REPORT("'none'"),
    /** It asks where it came from for more. */
    LIVE("'self'");

    private final String reaches;

    Kind(String reaches) {
      this.reaches = reaches;
    }

    private String inHtml() {
      return this == LIVE ? "live" : "report";
    }
  }

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Pattern PLACE = Pattern.compile("\\{\\{(\\w+)}}");
  private static final String TEMPLATE = Resources.text(Page.class, "page.html");
  private static final String STYLE = Resources.text(Page.class, "page.css");
  private static final String SCRIPT = Resources.text(Page.class, "page.js");
  private static final String CHARTS = Resources.text(Page.class, "chart.umd.min.js");

  private Page() {}

  /** The page as HTML. */
  public static String of(Picture picture, Kind kind) {
    Map<String, String> contents =
        Map.of(
            "policy",
            policy(kind),
            "kind",
            kind.inHtml(),
            "style",
            STYLE,
            "charts",
            CHARTS,
            "script",
            SCRIPT,
            "picture",
            json(picture));
    return PLACE
        .matcher(TEMPLATE)
        .replaceAll(place -> Matcher.quoteReplacement(contents.get(place.group(1))));
  }

  /** A picture as JSON on one line, which ends no script, begins no tag and opens no comment. */
  public static String json(Picture picture) {
    return JSON.writeValueAsString(picture)
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026");
  }

  /** What a page may do, as a Content-Security-Policy. */
  public static String policy(Kind kind) {
    String scripts = String.join(" ", List.of(hash(CHARTS), hash(SCRIPT)));
    return ("default-src 'none'; script-src %s; style-src %s; img-src data:; connect-src %s;"
            + " base-uri 'none'; form-action 'none'")
        .formatted(scripts, hash(STYLE), kind.reaches);
  }

  private static String hash(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(hash) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
