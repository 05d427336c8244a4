package dev.headway.cli.vendor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The limits of a server, made as requests need them. */
final class Limits {

  /** Above this number, those that were not used for longest begin anew. */
  private static final int MOST = 100_000;

  private final Map<String, VendorLimit> byKey = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * The limit of an account.
   *
   * @param account who is limited, such as an API key; it is not shown
   * @param name the limit's name, which is shown
   */
  VendorLimit get(String account, String name, Supplier<Meter> meter) {
    VendorLimit limit =
        byKey.computeIfAbsent(name + "\n" + account, key -> new VendorLimit(name, meter.get()));
    if (byKey.size() > MOST) {
      byKey.remove(byKey.keySet().iterator().next());
    }
    return limit;
  }

  /** Those that have refused a request. */
  List<VendorStats.Refusals> refusals() {
    return byKey.values().stream()
        .map(VendorLimit::refusals)
        .filter(limit -> limit.refused() > 0)
        .toList();
  }
}
