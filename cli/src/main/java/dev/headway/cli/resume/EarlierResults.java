package dev.headway.cli.resume;

import dev.headway.cli.model.Usage;
import dev.headway.throttle.PriorStart;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.DoubleAdder;

/**
 * The results in a file, as far as they are whole.
 *
 * @param finished what they are of
 * @param numbers their ids, as far as those may be numbers of lines
 * @param failed how many of them are failures
 * @param cost what all of them cost, as far as that is known
 * @param usage the tokens of those in the form of a batch, which have no costs
 * @param works what they have taken, permits alone, as far as it ended within the longest period
 * @param end where the last whole one ends, without the end of its line
 * @param torn whether there is something after that
 */
record EarlierResults(
    Finished finished,
    Numbers numbers,
    long failed,
    double cost,
    Usage usage,
    List<PriorStart> works,
    long end,
    boolean torn) {

  /** No results. */
  static EarlierResults none() {
    return new EarlierResults(
        Finished.NOTHING, new Numbers(), 0, 0, Usage.NONE, List.of(), 0, false);
  }

  /**
   * Reads them.
   *
   * @param failedToo whether what has failed is finished
   * @param since what ended before is not asked for
   * @throws IOException if the file cannot be read, or holds something else
   */
  static EarlierResults read(FileChannel file, boolean failedToo, Instant since)
      throws IOException {
    Finished.Builder finished = new Finished.Builder();
    Numbers numbers = new Numbers();
    List<PriorStart> works = new ArrayList<>();
    AtomicLong failed = new AtomicLong();
    DoubleAdder cost = new DoubleAdder();
    AtomicReference<Usage> usage = new AtomicReference<>(Usage.NONE);
    long end =
        StoredResults.read(
            file,
            0,
            result -> {
              if (result.well() || failedToo) {
                finished.add(result.key(), result.well());
                numbers.use(result.number());
              }
              cost.add(result.cost());
              usage.updateAndGet(sum -> sum.plus(result.usage()));
              failed.addAndGet(result.well() ? 0 : 1);
              result
                  .work()
                  .filter(work -> work.endedAt().orElseThrow().isAfter(since))
                  .ifPresent(works::add);
            });
    return new EarlierResults(
        finished.build(),
        numbers,
        failed.get(),
        cost.sum(),
        usage.get(),
        works,
        end,
        end + 1 < file.size());
  }

  /** Reads the results, cuts off what is torn, and ends the last line. */
  static EarlierResults repaired(FileChannel channel, boolean failedToo, Instant since)
      throws IOException {
    EarlierResults results = read(channel, failedToo, since);
    channel.truncate(results.end());
    channel.position(results.end());
    if (results.end() > 0) {
      Channels.newOutputStream(channel).write('\n');
    }
    return results;
  }

  /** The same, torn if it was so before it was repaired. */
  EarlierResults tornIf(boolean before) {
    return new EarlierResults(finished, numbers, failed, cost, usage, works, end, torn || before);
  }
}
