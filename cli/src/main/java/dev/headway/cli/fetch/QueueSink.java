package dev.headway.cli.fetch;

import dev.headway.Outcome;
import dev.headway.cli.job.Display;
import dev.headway.cli.job.RequestQueue;
import dev.headway.cli.job.Sink;
import dev.headway.cli.request.Line;
import java.io.IOException;
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
