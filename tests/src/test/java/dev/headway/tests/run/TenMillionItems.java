package dev.headway.tests.run;

import dev.headway.Headway;
import dev.headway.Inputs;
import dev.headway.Outcome;
import dev.headway.Results;
import java.util.stream.LongStream;

/** Runs over ten million items and says what they add up to. Started with little memory. */
final class TenMillionItems {

  private TenMillionItems() {}

  public static void main(String[] arguments) {
    long sum = 0;
    try (Results<Long, Long> results =
        Headway.unthrottled()
            .concurrency(64)
            .map(Inputs.of(LongStream.range(0, 10_000_000).boxed().iterator()), item -> item)) {
      for (Outcome<Long, Long> outcome : results.outcomes()) {
        sum += outcome.value();
      }
    }
    System.out.println(sum);
  }
}
