package dev.headway.cli.vendor;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * GitHub's REST API: a quota for each resource, in the fields {@code x-ratelimit-*}, of which a 403
 * tells that it is used up; and a secondary limit on points a minute, which no field tells of
 * before a 429 with {@code Retry-After}. Windows begin with the first request.
 */
final class GitHub implements Vendor {

  private static final String CORE = "core";

  /** The quotas of a signed-in user, by resource. */
  private static final Map<String, String> QUOTAS =
      Map.of(CORE, "5000/h", "search", "30/m", "code_search", "10/m", "graphql", "5000/h");

  private static final String SECONDARY = "secondary";
  private static final String POINTS = "900/m";

  /** Requests that read are a point each, others five. */
  private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

  private static final long POINTS_OF_WRITING = 5;

  private static final String DOCUMENTATION =
      "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api";

  private final VendorSettings settings;

  /** The main limit is the quota of {@code core}. */
  GitHub(VendorSettings settings) {
    this.settings = settings;
  }

  private static String resource(String path) {
    if (path.startsWith("/search/code")) {
      return "code_search";
    }
    return path.startsWith("/search/") ? "search" : path.startsWith("/graphql") ? "graphql" : CORE;
  }

  private Meter quota(String resource) {
    String own = QUOTAS.getOrDefault(resource, "");
    return new FixedWindow(resource.equals(CORE) ? settings.main(own) : settings.other(own));
  }

  @Override
  public List<Charge> charges(VendorRequest request, Limits limits) {
    String account = request.field("authorization");
    String resource = resource(request.path());
    long points = READING.contains(request.method()) ? 1 : POINTS_OF_WRITING;
    return List.of(
        new Charge(limits.get(account, resource, () -> quota(resource)), 1),
        new Charge(
            limits.get(account, SECONDARY, () -> new FixedWindow(settings.other(POINTS))), points));
  }

  private static Map<String, String> fields(VendorRequest request, Charge charge) {
    Meter quota = charge.limit().meter();
    long now = request.nanos();
    return Map.of(
        "x-ratelimit-limit",
        Long.toString(quota.limit()),
        "x-ratelimit-remaining",
        Long.toString(quota.remaining(now)),
        "x-ratelimit-used",
        Long.toString(quota.limit() - quota.remaining(now)),
        "x-ratelimit-reset",
        ResetTimes.epoch(request.at(), quota.untilReset(now)),
        "x-ratelimit-resource",
        charge.limit().name());
  }

  @Override
  public VendorResponse accept(VendorRequest request, List<Charge> charges) {
    return VendorResponse.of(
        200, fields(request, charges.getFirst()), Map.of("id", request.number()));
  }

  @Override
  public VendorResponse refuse(VendorRequest request, List<Charge> charges, Charge refusing) {
    if (!refusing.limit().name().equals(SECONDARY)) {
      return VendorResponse.of(
          403, fields(request, refusing), message("API rate limit exceeded for user ID 1."));
    }
    return VendorResponse.of(
        429,
        Map.of(
            "retry-after",
            ResetTimes.seconds(refusing.limit().meter().untilReset(request.nanos()))),
        message(
            "You have exceeded a secondary rate limit. Please wait a few minutes before you try"
                + " again."));
  }

  private static Map<String, String> message(String text) {
    return Map.of("message", text, "documentation_url", DOCUMENTATION);
  }
}
