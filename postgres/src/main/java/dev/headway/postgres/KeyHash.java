package dev.headway.postgres;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The keys of limits and members in the database, which has no place for long or arbitrary names.
 */
final class KeyHash {

  private static final int MOST_SHOWN = 200;

  private KeyHash() {}

  static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static String hex(byte[] key) {
    return HexFormat.of().formatHex(key);
  }

  /** The beginning of a name, for people, in characters that every database encoding has. */
  static String shown(String limit) {
    String beginning = limit.substring(0, Math.min(MOST_SHOWN, limit.length()));
    return URLEncoder.encode(beginning, StandardCharsets.UTF_8);
  }

  /** The channel of the members whose ids begin so, as in {@code headway_wake}. */
  static String channel(String id) {
    return "headway_" + hex(digest(id)).substring(0, 32);
  }
}
