package dev.headway.cli.vendor;

/** One limit of a server, and the score of its refusals. */
final class VendorLimit {

  private final String name;
  private final Meter meter;
  private long refused;
  private long episodes;
  private long episodeEnd;

  VendorLimit(String name, Meter meter) {
    this.name = name;
    this.meter = meter;
  }

  /** Its name in the score; it holds no secret. */
  String name() {
    return name;
  }

  Meter meter() {
    return meter;
  }

  /**
   * Counts a refusal. Those that come before the time that the first one was told to wait for are
   * one episode: they may have been in flight.
   */
  void refuse(long now, long waitNanos) {
    refused++;
    if (episodes == 0 || now - episodeEnd >= 0) {
      episodes++;
      episodeEnd = now + waitNanos;
    }
  }

  VendorStats.Refusals refusals() {
    return new VendorStats.Refusals(name, meter.limit(), refused, episodes);
  }
}
