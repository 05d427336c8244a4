package dev.headway.cli.vendor;

import java.util.List;
import java.util.Map;

/**
 * The limits of a service, and how it states them. It is handed the time and is not safe for use by
 * several threads.
 */
interface Vendor {

  /**
   * A part of a limit that a request takes.
   *
   * @param limit which limit
   * @param amount how much
   */
  record Charge(VendorLimit limit, long amount) {

    /** The nanoseconds until there is room; {@link Long#MAX_VALUE} if there never is. */
    long untilRoom(long now) {
      return amount > limit.meter().limit() ? Long.MAX_VALUE : limit.meter().untilRoom(now, amount);
    }
  }

  /** What a request takes. The first charge for which there is no room refuses it. */
  List<Charge> charges(VendorRequest request, Limits limits);

  /** The response to a request that has taken its charges. */
  VendorResponse accept(VendorRequest request, List<Charge> charges);

  /** The response to a request that has taken nothing. */
  VendorResponse refuse(VendorRequest request, List<Charge> charges, Charge refusing);

  /** The response of a server that is busy, whatever the limits. */
  default VendorResponse busy() {
    return VendorResponse.of(
        503, Map.of("Retry-After", "1"), Map.of("message", "Service Unavailable"));
  }
}
