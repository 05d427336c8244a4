package dev.headway.cli.vendor;

import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Discord's HTTP API: a bucket for each route of each channel, guild or webhook, in the fields
 * {@code X-RateLimit-*}; and a global limit, which only a refusal tells of.
 */
final class Discord implements Vendor {

  private static final String BUCKET = "5/5s";
  private static final String GLOBAL = "global";
  private static final String GLOBAL_RATE = "50/s";
  private static final int MILLIS = 3;

  /** An id that has no bucket of its own. */
  private static final Pattern MINOR_ID =
      Pattern.compile("(?<!/channels|/guilds|/webhooks)/\\d{1,20}(?=/|$)");

  private static final Pattern ID = Pattern.compile("/\\d{1,20}(?=/|$)");

  private final VendorSettings settings;

  /** The main limit is that of each bucket. */
  Discord(VendorSettings settings) {
    this.settings = settings;
  }

  @Override
  public List<Charge> charges(VendorRequest request, Limits limits) {
    String account = request.field("authorization");
    String route = request.method() + " " + MINOR_ID.matcher(request.path()).replaceAll("/:id");
    return List.of(
        new Charge(limits.get(account, route, () -> new FixedWindow(settings.main(BUCKET))), 1),
        new Charge(
            limits.get(account, GLOBAL, () -> new FixedWindow(settings.other(GLOBAL_RATE))), 1));
  }

  private static Map<String, String> fields(VendorRequest request, Charge charge) {
    Meter bucket = charge.limit().meter();
    long now = request.nanos();
    String route = request.method() + ID.matcher(request.path()).replaceAll("/:id");
    return Map.of(
        "X-RateLimit-Limit",
        Long.toString(bucket.limit()),
        "X-RateLimit-Remaining",
        Long.toString(bucket.remaining(now)),
        "X-RateLimit-Reset",
        ResetTimes.epochMillis(request.at(), bucket.untilReset(now)),
        "X-RateLimit-Reset-After",
        ResetTimes.decimal(bucket.untilReset(now), MILLIS),
        "X-RateLimit-Bucket",
        HexFormat.of().toHexDigits(route.hashCode()));
  }

  @Override
  public VendorResponse accept(VendorRequest request, List<Charge> charges) {
    return VendorResponse.of(
        200, fields(request, charges.getFirst()), Map.of("id", Long.toString(request.number())));
  }

  @Override
  public VendorResponse refuse(VendorRequest request, List<Charge> charges, Charge refusing) {
    boolean global = refusing.limit().name().equals(GLOBAL);
    long wait = refusing.untilRoom(request.nanos());
    Map<String, String> fields = new LinkedHashMap<>();
    if (global) {
      fields.put("X-RateLimit-Global", "true");
    } else {
      fields.putAll(fields(request, refusing));
    }
    fields.put("X-RateLimit-Scope", global ? GLOBAL : "user");
    fields.put("Retry-After", ResetTimes.seconds(wait));
    return VendorResponse.of(
        429,
        fields,
        Map.of(
            "message",
            "You are being rate limited.",
            "retry_after",
            Double.parseDouble(ResetTimes.decimal(wait, MILLIS)),
            GLOBAL,
            global));
  }
}
