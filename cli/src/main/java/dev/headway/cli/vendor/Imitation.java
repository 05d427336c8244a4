package dev.headway.cli.vendor;

import dev.headway.cli.vendor.Vendor.Charge;
import java.util.List;
import java.util.Optional;

/**
 * A service as its clients see it: refuses exactly what exceeds its limits, and keeps the score. It
 * is handed the time and is not safe for use by several threads.
 */
public final class Imitation {

  private final VendorName name;
  private final Vendor vendor;
  private final long busyEvery;
  private final long dropEvery;
  private final Limits limits = new Limits();
  private long requests;
  private long accepted;
  private long refused;
  private long busy;
  private long dropped;
  private long inputTokens;
  private long outputTokens;

  /**
   * A service that has seen no request.
   *
   * @param busyEvery every so many requests it is busy, whatever its limits; 0 for never
   * @param dropEvery every so many requests it does not answer; 0 for never
   */
  public Imitation(VendorName name, VendorSettings settings, long busyEvery, long dropEvery) {
    this.name = name;
    this.vendor = name.open(settings);
    this.busyEvery = busyEvery;
    this.dropEvery = dropEvery;
  }

  /** The number of the next request. */
  public long nextNumber() {
    return requests + 1;
  }

  /** What a request is answered; empty if its connection is closed without an answer. */
  public Optional<VendorResponse> answer(VendorRequest request) {
    requests++;
    if (isTurnOf(dropEvery)) {
      dropped++;
      return Optional.empty();
    }
    if (isTurnOf(busyEvery)) {
      busy++;
      return Optional.of(vendor.busy());
    }
    return Optional.of(judge(request));
  }

  private VendorResponse judge(VendorRequest request) {
    long now = request.nanos();
    List<Charge> charges = vendor.charges(request, limits);
    for (Charge charge : charges) {
      long wait = charge.untilRoom(now);
      if (wait > 0) {
        refused++;
        charge.limit().refuse(now, wait);
        return vendor.refuse(request, charges, charge);
      }
    }
    charges.forEach(charge -> charge.limit().meter().take(now, charge.amount()));
    accepted++;
    VendorResponse response = vendor.accept(request, charges);
    inputTokens += response.inputTokens();
    outputTokens += response.outputTokens();
    return response;
  }

  private boolean isTurnOf(long every) {
    return every > 0 && requests % every == 0;
  }

  /** The score so far. */
  public VendorStats stats() {
    return new VendorStats(
        name.word(),
        requests,
        accepted,
        refused,
        busy,
        dropped,
        inputTokens,
        outputTokens,
        limits.refusals());
  }
}
