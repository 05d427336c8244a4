package dev.headway.cli.practice;

import com.sun.net.httpserver.Headers;
import dev.headway.cli.practice.ServerOptions.Quota;
import java.util.concurrent.TimeUnit;

/**
 * The fields in which a server tells its quota, as of draft-ietf-httpapi-ratelimit-headers-11:
 * {@code RateLimit-Policy} and {@code RateLimit}. They know whole seconds only, so all times are
 * rounded up, and a caller that waits for as long as it is told never comes too early.
 */
final class ServerRateLimitFields {

  private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  private ServerRateLimitFields() {}

  /** Tells what the quota is, how much of it is left, and after how long there is more. */
  static void put(Headers headers, Quota quota, long remaining, long moreAfterNanos) {
    headers.set(
        "RateLimit-Policy",
        "\"default\";q=%d;w=%d".formatted(quota.permits(), seconds(quota.period().toNanos())));
    headers.set("RateLimit", "\"default\";r=%d;t=%d".formatted(remaining, seconds(moreAfterNanos)));
  }

  /** Whole seconds, rounded up. */
  static long seconds(long nanos) {
    return Math.ceilDiv(nanos, NANOS_PER_SECOND);
  }
}
