package dev.headway.cli.fetch;

import dev.headway.cli.lines.Line;
import dev.headway.cli.queue.WorkQueue;
import dev.headway.cli.resume.ResultFile;
import java.io.IOException;
import java.util.function.ToLongFunction;

/**
 * Where the results of a queue's requests are.
 *
 * @param key what the result of a request is known by
 */
record QueueResults(ResultFile file, ToLongFunction<Line> key) implements WorkQueue.Results {

  @Override
  public String place() throws IOException {
    return file.place();
  }

  @Override
  public boolean isAt(String place, Line request) {
    return ResultFile.isAt(place, key.applyAsLong(request));
  }
}
