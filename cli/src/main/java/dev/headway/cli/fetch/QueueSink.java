package dev.headway.cli.fetch;

import dev.headway.Outcome;
import dev.headway.cli.Session;
import dev.headway.cli.lines.Line;
import dev.headway.cli.progress.Display;
import dev.headway.cli.queue.WorkQueue;
import java.io.IOException;
import java.util.Optional;

/**
 * Where the results of a queue's requests go: each is written only by whoever the request is with,
 * and is then out of the queue.
 *
 * @param display is told how much there is to do
 * @param file writes the result
 */
record QueueSink<R>(WorkQueue queue, Display display, Session.Sink<Line, R> file)
    implements Session.Sink<Line, R> {

  @Override
  public Optional<Session.Told> write(Outcome<Line, R> outcome) throws IOException {
    Optional<Session.Told> told =
        queue.finish(outcome.item(), () -> file.write(outcome)).flatMap(written -> written);
    display.total(queue.expected(display.finished() + 1));
    return told;
  }

  @Override
  public void end() throws IOException {
    queue.leave();
    display.total(queue.expected(display.finished()));
  }
}
