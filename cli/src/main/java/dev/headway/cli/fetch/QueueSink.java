package dev.headway.cli.fetch;

import dev.headway.Outcome;
import dev.headway.cli.job.Display;
import dev.headway.cli.job.RequestQueue;
import dev.headway.cli.job.Sink;
import dev.headway.cli.option.FileArguments;
import dev.headway.cli.option.OutputOptions;
import dev.headway.cli.option.UsageException;
import dev.headway.cli.request.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where the results of a queue's requests go: each is written by the one worker that has the
 * request, which is then out of the queue.
 *
 * @param display is told how much there is to do
 * @param line the queue's line that an item was read from
 * @param file writes the result
 */
record QueueSink<T, R>(RequestQueue queue, Display display, Function<T, Line> line, Sink<T, R> file)
    implements Sink<T, R> {

  /**
   * Checks that results of a queue's requests can be written as options say. What is done of a
   * queue is not in it any more, so its results must not be replaced.
   *
   * @throws UsageException if they cannot
   */
  static void check(OutputOptions output) {
    if (output.ordered()) {
      throw new UsageException(
          "--queue and --ordered contradict each other: others take requests in between");
    }
    if (output.retriesFailed()) {
      throw new UsageException(
          "--retry-failed is not for a --queue: what failed is not in it any more");
    }
    Path to = output.file().orElse(FileArguments.STANDARD);
    if (!output.resumes() && Files.isRegularFile(to) && to.toFile().length() > 0) {
      throw new UsageException(
          "there are results in \""
              + to
              + "\", which --queue cannot make again: give --resume to add to them, or another"
              + " --output");
    }
  }

  @Override
  public Optional<Summary> write(Outcome<T, R> outcome) throws IOException {
    Optional<Summary> summary =
        queue
            .finish(line.apply(outcome.item()), () -> file.write(outcome))
            .flatMap(written -> written);
    display.total(queue.expected(display.finished() + 1));
    return summary;
  }

  @Override
  public void end() throws IOException {
    queue.leave();
    display.total(queue.expected(display.finished()));
  }
}
