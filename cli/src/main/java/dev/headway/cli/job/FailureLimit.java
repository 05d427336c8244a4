package dev.headway.cli.job;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * When failures end a job: at a number of them that is given; else, unless none is to, where the
 * first ones show that its one host cannot be used. Told of each item by one thread.
 */
final class FailureLimit {

  private static final int UNUSABLE = 25;

  private final OptionalLong most;
  private boolean looksAtHost;
  private String host = "";
  private int unusable;

  /**
   * None has come.
   *
   * @param most how many end the job, if a number does
   * @param looksAtHost whether a host that cannot be used does
   */
  FailureLimit(OptionalLong most, boolean looksAtHost) {
    this.most = most;
    this.looksAtHost = looksAtHost;
  }

  /**
   * Why the job stops now, if it does.
   *
   * @param failures how many there are
   * @param last the item that has ended last
   */
  Optional<String> reached(long failures, Sink.Summary last) {
    if (most.isPresent() && failures >= most.getAsLong() && last.why().isPresent()) {
      return Optional.of(
          "%d failed, the last with: %s; --max-failures is %d"
              .formatted(failures, last.why().get(), most.getAsLong()));
    }
    String lastHost = last.unusable().orElse("");
    looksAtHost &= !lastHost.isEmpty() && (unusable == 0 || host.equals(lastHost));
    host = lastHost;
    return looksAtHost && ++unusable == UNUSABLE
        ? Optional.of(
            "none of the first %d requests succeeded, all to %s, the last with: %s; --max-failures"
                    .formatted(UNUSABLE, host, last.why().orElse(""))
                + " none goes on all the same")
        : Optional.empty();
  }
}
