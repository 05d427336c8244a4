package dev.headway.cli.vendor;

import java.util.List;
import java.util.Map;

/**
 * Slack's Web API: a limit for each method, by its tier. No field tells of it before a 429 with
 * {@code Retry-After}.
 */
final class Slack implements Vendor {

  private static final String TIER_2 = "20/m";
  private static final String TIER_3 = "50/m";
  private static final String TIER_4 = "100/m";

  /** The tiers of some methods; others are in tier 3. */
  private static final Map<String, String> TIERS =
      Map.of(
          "chat.postMessage", "1/s",
          "conversations.list", TIER_2,
          "users.list", TIER_2,
          "search.messages", TIER_2,
          "conversations.history", TIER_3,
          "conversations.info", TIER_3,
          "users.info", TIER_4,
          "conversations.members", TIER_4);

  private final VendorSettings settings;

  /** The main limit is that of every method, whatever its tier. */
  Slack(VendorSettings settings) {
    this.settings = settings;
  }

  @Override
  public List<Charge> charges(VendorRequest request, Limits limits) {
    String account = request.field("authorization");
    String method = request.path().replaceFirst("^/(api/)?", "");
    String tier = TIERS.getOrDefault(method, TIER_3);
    return List.of(
        new Charge(limits.get(account, method, () -> new FixedWindow(settings.main(tier))), 1));
  }

  @Override
  public VendorResponse accept(VendorRequest request, List<Charge> charges) {
    return VendorResponse.of(200, Map.of(), Map.of("ok", true, "number", request.number()));
  }

  @Override
  public VendorResponse refuse(VendorRequest request, List<Charge> charges, Charge refusing) {
    return VendorResponse.of(
        429,
        Map.of("Retry-After", ResetTimes.seconds(refusing.untilRoom(request.nanos()))),
        Map.of("ok", false, "error", "ratelimited"));
  }
}
