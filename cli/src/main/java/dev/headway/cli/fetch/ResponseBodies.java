package dev.headway.cli.fetch;

import dev.headway.cli.request.Request;
import java.net.http.HttpResponse.BodyHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the bodies of responses are taken.
 *
 * @param longest how many bytes one may have
 * @param timeout how long one may take
 * @param folder where they go, if not to memory
 */
record ResponseBodies(long longest, Duration timeout, Optional<Path> folder) {

  /** Takes the body of a response to a request. */
  BodyHandler<Body> of(Request request) {
    return BodyReader.within(
        longest,
        timeout,
        folder
            .map(BodyFiles::new)
            .map(files -> files.of(request))
            .orElse(head -> BodySink.inMemory()));
  }
}
