package dev.headway.cli.job;

import dev.headway.cli.option.LimitOptions;
import dev.headway.cli.option.UsageException;
import dev.headway.cli.request.Secrets;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Where processes share limits and queues.
 *
 * @param uri where; it may hold a password, and is not for showing
 * @param shown where, as it may be shown
 */
public record SharedUri(String uri, String shown) {

  /**
   * Reads what an option gives.
   *
   * @param secrets know what comes from the environment
   * @throws UsageException if a variable is not in the environment
   */
  public static Optional<SharedUri> of(Optional<String> given, Secrets secrets) {
    try {
      return given
          .map(secrets::address)
          .map(template ->
              new SharedUri(secrets.reveal(template, SharedUri::encoded), shown(template)));
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * The same for limits, which must be given too.
   *
   * @throws UsageException if there is nothing to share
   */
  public static Optional<SharedUri> ofLimits(
      Optional<String> given, LimitOptions limits, Secrets secrets) {
    Optional<SharedUri> shared = of(given, secrets);
    if (shared.isPresent() && !limits.limits()) {
      throw new UsageException(
          "--shared shares limits: give one with --rate, --spacing, --per-host or --budget, or a"
              + " --queue to fetch");
    }
    return shared;
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Without user, password and options, which may hold a password too. */
  private static String shown(String text) {
    return text.replaceFirst("(?s)://.*@", "://").replaceFirst("(?s)\\?[^#]*", "");
  }

  /** As it may be shown. */
  @Override
  public String toString() {
    return shown;
  }
}
