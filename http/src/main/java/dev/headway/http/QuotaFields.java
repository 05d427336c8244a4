package dev.headway.http;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The names of the fields that state one limit: one row of a dialect's table.
 *
 * @param unit what the limit counts
 * @param limit the field with its size
 * @param remaining the field with what is left
 * @param resets the fields that may say when it is reset; the first that is readable counts
 */
record QuotaFields(String unit, String limit, String remaining, List<String> resets) {

  /** The usual names: {@code PREFIXlimitSUFFIX}, {@code PREFIXremainingSUFFIX} and so on. */
  static QuotaFields of(String unit, String prefix, String suffix) {
    return new QuotaFields(
        unit,
        prefix + "limit" + suffix,
        prefix + "remaining" + suffix,
        List.of(prefix + "reset-after" + suffix, prefix + "reset" + suffix));
  }

  /** Adds what the fields state. A limit of 0 is none that comes back. */
  void read(ResponseFields fields, Findings found) {
    Optional<Duration> reset =
        resets.stream().flatMap(name -> fields.wait(name).stream()).findFirst();
    Optional<Long> size = fields.count(limit);
    if (reset.isEmpty() || size.filter(most -> most == 0).isPresent()) {
      return;
    }
    Optional<Long> left = fields.count(remaining);
    if (left.isPresent()) {
      found.allowances.add(
          new Allowance(unit, left.get(), reset.get(), size.orElse(Long.MAX_VALUE)));
    } else {
      found.resets.add(reset.get());
    }
  }
}
