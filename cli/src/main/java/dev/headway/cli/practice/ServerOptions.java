package dev.headway.cli.practice;

import java.time.Duration;
import java.util.Optional;

/**
 * How a {@link PracticeServer} behaves. Start from {@link #ON_ANY_PORT} and change what should
 * differ.
 *
 * @param port the port on loopback, or 0 for any that is free
 * @param quota what the server enforces; empty for no limit
 * @param latency how long the server takes to answer; a request counts from when it arrives
 * @param busyEvery every so many requests one is refused with a 429, whatever the quota; 0 for
 *     never
 * @param dropEvery every so many requests one has its connection closed without an answer; 0 for
 *     never
 */
public record ServerOptions(
    int port, Optional<Quota> quota, Duration latency, long busyEvery, long dropEvery) {

  /** Any free port, no limit, no latency, and every request is answered. */
  public static final ServerOptions ON_ANY_PORT =
      new ServerOptions(0, Optional.empty(), Duration.ZERO, 0, 0);

  private static final int LARGEST_PORT = 65_535;

  /**
   * Checks what is given.
   *
   * @throws IllegalArgumentException if the port is not from 0 to 65535, or the latency or a number
   *     is negative
   */
  public ServerOptions {
    if (port < 0 || port > LARGEST_PORT) {
      throw new IllegalArgumentException("The port must be from 0 to 65535, but it is " + port);
    }
    if (latency.isNegative()) {
      throw new IllegalArgumentException("The latency must be 0 or more, but it is " + latency);
    }
    requireNotNegative("busy-every", busyEvery);
    requireNotNegative("drop-every", dropEvery);
  }

  /** The same on another port; 0 for any that is free. */
  public ServerOptions withPort(int port) {
    return new ServerOptions(port, quota, latency, busyEvery, dropEvery);
  }

  /** The same with a limit of {@code permits} requests in any {@code period}. */
  public ServerOptions withQuota(long permits, Duration period) {
    return new ServerOptions(
        port, Optional.of(new Quota(permits, period)), latency, busyEvery, dropEvery);
  }

  /** The same with another latency. */
  public ServerOptions withLatency(Duration latency) {
    return new ServerOptions(port, quota, latency, busyEvery, dropEvery);
  }

  /** The same, but every {@code busyEvery}-th request is refused; 0 for none. */
  public ServerOptions withBusyEvery(long busyEvery) {
    return new ServerOptions(port, quota, latency, busyEvery, dropEvery);
  }

  /** The same, but every {@code dropEvery}-th request is dropped; 0 for none. */
  public ServerOptions withDropEvery(long dropEvery) {
    return new ServerOptions(port, quota, latency, busyEvery, dropEvery);
  }

  private static void requireNotNegative(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " must be 0 (never) or more, but it is " + value);
    }
  }

  /**
   * A strict limit: at most so many requests in any interval of one period.
   *
   * @param permits how many requests, at least 1
   * @param period how long, more than nothing and at most 292 years
   */
  public record Quota(long permits, Duration period) {

    private static final Duration LONGEST_PERIOD = Duration.ofNanos(Long.MAX_VALUE);

    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if either is out of its range
     */
    public Quota {
      if (permits < 1) {
        throw new IllegalArgumentException(
            "A quota must let in at least 1 request, but it lets in " + permits);
      }
      if (!period.isPositive() || period.compareTo(LONGEST_PERIOD) > 0) {
        throw new IllegalArgumentException(
            "A quota's period must be more than nothing and at most 292 years, but it is "
                + period);
      }
    }
  }
}
