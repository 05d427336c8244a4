package dev.headway.cli.fetch;

import dev.headway.cli.job.RequestQueue;
import dev.headway.cli.request.Line;
import dev.headway.cli.request.Request;
import dev.headway.cli.request.RequestReader;
import dev.headway.cli.resume.ResultFile;
import dev.headway.cli.resume.ResultPlace;
import java.io.IOException;

/**
 * Where the results of a queue's requests are.
 *
 * @param reader tells what the result of a request is known by
 */
record QueueResults(ResultFile file, RequestReader reader) implements RequestQueue.Results {

  @Override
  public String place() throws IOException {
    return file.place();
  }

  @Override
  public boolean isAt(String place, Line request) {
    Request read = reader.read(request);
    return ResultPlace.isAt(place, read.id(), ResultWriter.IDENTITY.key(read));
  }
}
