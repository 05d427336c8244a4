package dev.headway.cli.job;

import dev.headway.cli.option.LimitOptions;
import dev.headway.cli.option.OutputOptions;
import dev.headway.cli.option.RetryOptions;
import dev.headway.cli.option.WatchOptions;
import dev.headway.cli.resume.ResultFile;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What a job is told before it begins.
 *
 * @param name of the command and of its throttle, such as {@code fetch}
 * @param doing what it does, such as {@code fetching}
 * @param noun what is written of each item, such as a result
 * @param acquiresItself whether its tasks take the permits, and not its run
 * @param input the file that is read
 * @param output where results go if no file is named
 * @param writesOutput whether items themselves write to the terminal, where a bar would be in the
 *     way
 * @param messages standard error, for words
 * @param shared where limits are shared, if they are
 * @param sharedName the name of the limits that are shared
 * @param shown a name of a throttle or of a host as it may be shown
 */
public record JobSettings(
    String name,
    String doing,
    String noun,
    boolean acquiresItself,
    Path input,
    OutputStream output,
    boolean writesOutput,
    PrintWriter messages,
    LimitOptions limits,
    RetryOptions retries,
    OutputOptions results,
    WatchOptions watch,
    Optional<SharedUri> shared,
    String sharedName,
    UnaryOperator<String> shown) {

  /** The files that are read and written. */
  List<Path> files() {
    return results.file().map(to -> List.of(input, to)).orElse(List.of(input));
  }

  /** Opens the file of results, or standard output. */
  ResultFile openResults() {
    return ResultFile.open(results, input, output, limits.longestPeriod());
  }

  /** Begins to show progress. */
  Display beginDisplay() {
    return Display.begin(messages, results.quiet(), writesOutput, doing + ", " + limits.describe());
  }
}
