package dev.headway.cli.vendor;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Shopify's REST Admin API: a leaky bucket for each app and shop, whose level is in {@code
 * X-Shopify-Shop-Api-Call-Limit}. It leaks empty in 20 seconds, whatever its size: 40 requests on
 * the standard plan, 400 on Plus, 800 on Commerce Components.
 */
final class Shopify implements Vendor {

  private static final String BUCKET = "40/20s";
  private static final long RETRY_AFTER_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final VendorSettings settings;

  /** The main limit is the bucket: its size, and the time in which a full one leaks empty. */
  Shopify(VendorSettings settings) {
    this.settings = settings;
  }

  @Override
  public List<Charge> charges(VendorRequest request, Limits limits) {
    String account = request.field("x-shopify-access-token");
    return List.of(
        new Charge(limits.get(account, "bucket", () -> new LeakyBucket(settings.main(BUCKET))), 1));
  }

  private static String level(VendorRequest request, Charge charge) {
    Meter bucket = charge.limit().meter();
    long used = bucket.limit() - bucket.remaining(request.nanos());
    return used + "/" + bucket.limit();
  }

  @Override
  public VendorResponse accept(VendorRequest request, List<Charge> charges) {
    return VendorResponse.of(
        200,
        Map.of("X-Shopify-Shop-Api-Call-Limit", level(request, charges.getFirst())),
        Map.of("id", request.number()));
  }

  @Override
  public VendorResponse refuse(VendorRequest request, List<Charge> charges, Charge refusing) {
    long wait = Math.max(settings.faster(RETRY_AFTER_NANOS), refusing.untilRoom(request.nanos()));
    return VendorResponse.of(
        429,
        Map.of(
            "X-Shopify-Shop-Api-Call-Limit",
            level(request, refusing),
            "Retry-After",
            ResetTimes.decimal(wait, 1)),
        Map.of(
            "errors",
            "Exceeded the API call limit of the api client. Reduce request rates to resume"
                + " uninterrupted service."));
  }
}
