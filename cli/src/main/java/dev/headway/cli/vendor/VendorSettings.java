package dev.headway.cli.vendor;

import dev.headway.limit.Rate;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What differs from the service that is imitated.
 *
 * @param rate replaces its main limit on requests
 * @param budgets replace its limits on tokens, by their names
 * @param speed how many times as fast its own periods pass; those of {@code rate} and {@code
 *     budgets} are as they are given
 * @param model how its language model answers
 */
public record VendorSettings(
    Optional<Rate> rate, Map<String, Rate> budgets, double speed, ModelSettings model) {

  /** The service as it is. */
  public static final VendorSettings OWN =
      new VendorSettings(Optional.empty(), Map.of(), 1, ModelSettings.USUAL);

  /**
   * Checks what is given.
   *
   * @throws IllegalArgumentException if the speed is not more than 0
   */
  public VendorSettings {
    if (!(speed > 0 && speed < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("speed must be a number above 0, but it is " + speed);
    }
    budgets = Map.copyOf(budgets);
  }

  /** The same with another main limit on requests. */
  public VendorSettings withRate(Rate rate) {
    return new VendorSettings(Optional.of(rate), budgets, speed, model);
  }

  /** The same with other limits on tokens. */
  public VendorSettings withBudgets(Map<String, Rate> budgets) {
    return new VendorSettings(rate, budgets, speed, model);
  }

  /** The same with periods that pass so many times as fast. */
  public VendorSettings withSpeed(double speed) {
    return new VendorSettings(rate, budgets, speed, model);
  }

  /** The same with another language model. */
  public VendorSettings withModel(ModelSettings model) {
    return new VendorSettings(rate, budgets, speed, model);
  }

  /** The main limit on requests. */
  Rate main(String own) {
    return rate.orElseGet(() -> other(own));
  }

  /** A limit on tokens. */
  Rate budget(String name, String own) {
    return Optional.ofNullable(budgets.get(name)).orElseGet(() -> other(own));
  }

  /** Any other limit. */
  Rate other(String own) {
    Rate rate = Rate.parse(own);
    return Rate.of(rate.permits(), Duration.ofNanos(faster(rate.period().toNanos())));
  }

  /** A time of the service as it is here, in nanoseconds. */
  long faster(long nanos) {
    return Math.max(1, Math.round(nanos / speed));
  }
}
