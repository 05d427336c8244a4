package dev.headway.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** The parts of vendors' paths that have quotas of their own. */
final class Scopes {

  private static final Pattern ID = Pattern.compile("\\d{15,20}");
  private static final Pattern REACTION = Pattern.compile("/reactions/.*");
  private static final int HASH_BYTES = 4;

  private Scopes() {}

  /** The values of X-RateLimit-Resource that GitHub documents, by path. */
  static String gitHubResource(String method, String path) {
    String rest = path.replaceFirst("^/api(/v3)?(?=/)", "");
    if (rest.startsWith("/search/code")) {
      return "code_search";
    } else if (rest.startsWith("/search/")) {
      return "search";
    } else if (rest.startsWith("/graphql")) {
      return "graphql";
    } else if (rest.startsWith("/app-manifests/")) {
      return "integration_manifest";
    } else if (rest.endsWith("/code-scanning/sarifs") && method.equals("POST")) {
      return "code_scanning_upload";
    } else if (rest.endsWith("/dependency-graph/snapshots") && method.equals("POST")) {
      return "dependency_snapshots";
    }
    return "core";
  }

  /** A path without the ids that have no bucket of their own. */
  static String discordRoute(String path) {
    String[] segments = REACTION.matcher(path).replaceFirst("/reactions").split("/", -1);
    for (int i = 1; i < segments.length; i++) {
      boolean isMajor =
          segments[i - 1].equals("channels")
              || segments[i - 1].equals("guilds")
              || segments[i - 1].equals("webhooks");
      if (!isMajor && ID.matcher(segments[i]).matches()) {
        segments[i] = ":id";
      } else if (i > 1 && segments[i - 2].equals("webhooks")) {
        segments[i] = hash(segments[i]);
      }
    }
    return String.join("/", segments);
  }

  /** A few characters that tell secrets apart and do not reveal them. */
  static String hash(String secret) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("each JDK has SHA-256", e);
    }
  }
}
