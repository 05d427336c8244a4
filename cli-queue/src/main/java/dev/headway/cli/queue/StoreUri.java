package dev.headway.cli.queue;

import dev.headway.cli.job.SharedUri;
import dev.headway.cli.option.UsageException;
import io.lettuce.core.RedisURI;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where processes share what they share.
 *
 * @param store what is there
 * @param uri where that is; it may hold a password, and is not for showing
 * @param shown where that is, as it may be shown
 */
record StoreUri(Store store, String uri, String shown) {

  /** What can be shared on. */
  enum Store {
    REDIS,
    POSTGRESQL
  }

  private static final Set<String> REDIS =
      Set.of("redis", "rediss", "redis-sentinel", "rediss-sentinel");
  private static final Pattern HOST = Pattern.compile("[\\w.-]+|\\[.+]");
  private static final Set<String> POSTGRESQL = Set.of("postgresql", "postgres");

  /**
   * Reads what is given.
   *
   * @throws UsageException if it is none; its message shows no password
   */
  static StoreUri of(SharedUri given) {
    String text = given.uri();
    String scheme = text.replaceFirst("(?s)://.*", "").toLowerCase(Locale.ROOT);
    if (REDIS.contains(scheme)) {
      return new StoreUri(Store.REDIS, redis(text), given.shown());
    }
    if (POSTGRESQL.contains(scheme)) {
      return new StoreUri(Store.POSTGRESQL, postgresql(text), given.shown());
    }
    throw new UsageException(
        "--shared must begin with redis://, rediss:// (with TLS), redis-sentinel:// or"
            + " postgresql://, such as redis://redis.example:6379"
            + (scheme.startsWith("valkey") ? "; Valkey is spoken to with redis://" : ""));
  }

  /**
   * One of Redis, which must be given.
   *
   * @throws UsageException if it is not
   */
  static StoreUri redis(Optional<SharedUri> given) {
    StoreUri uri =
        of(
            given.orElseThrow(() ->
                new UsageException(
                    "a queue is in Redis: say where with --shared, such as --shared"
                        + " redis://host")));
    if (uri.store != Store.REDIS) {
      throw new UsageException("a queue is in Redis, and not at " + uri);
    }
    return uri;
  }

  private static String redis(String text) {
    try {
      RedisURI uri = RedisURI.create(text);
      if (uri.getSentinels().isEmpty() && !HOST.matcher(uri.getHost()).matches()) {
        throw new IllegalArgumentException();
      }
      return text;
    } catch (IllegalArgumentException e) {
      // What Lettuce says of it may quote the password.
      throw wrong(
          "redis://user:password@host:6379/0, or"
              + " redis-sentinel://host:26379,other:26379/0#name");
    }
  }

  private static String postgresql(String text) {
    try {
      if (new URI(text).getHost() != null) {
        return text;
      }
    } catch (URISyntaxException e) {
      // Told below, without what it quotes.
    }
    throw wrong("postgresql://user:password@host:5432/database");
  }

  /** It is not known where in it a password is. */
  private static UsageException wrong(String example) {
    return new UsageException(
        "--shared cannot be read: it must be like "
            + example
            + ", where a host's name has letters, digits, - and dots, and all but letters, digits"
            + " and .-_~ in a password is percent-encoded");
  }

  /** As it may be shown. */
  @Override
  public String toString() {
    return shown;
  }
}
