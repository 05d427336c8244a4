package dev.headway.cli.job;

import java.util.Optional;
import java.util.OptionalLong;

/** After how many failures a job stops, if it does. */
record FailureLimit(OptionalLong most) {

  /**
   * Why the job stops now, if it does.
   *
   * @param failures how many there are
   * @param last why the last item failed, if it did
   */
  Optional<String> reached(long failures, Optional<String> last) {
    return most.isPresent() && failures >= most.getAsLong()
        ? last.map(why ->
            "%d failed, the last with: %s; --max-failures is %d"
                .formatted(failures, why, most.getAsLong()))
        : Optional.empty();
  }
}
