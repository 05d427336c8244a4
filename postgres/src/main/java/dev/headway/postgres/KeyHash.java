package dev.headway.postgres;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What limits and members are called in the database, which takes neither every text nor long ones.
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

  /** The beginning of a name, for people: in letters that a database of any encoding has. */
  static String shown(String limit) {
    String beginning = limit.substring(0, Math.min(MOST_SHOWN, limit.length()));
    return URLEncoder.encode(beginning, StandardCharsets.UTF_8);
  }

  /** Where a member is woken, as {@code headway_wake} says too. */
  static String channel(String member) {
    return "headway_" + hex(digest(member)).substring(0, 32);
  }
}
