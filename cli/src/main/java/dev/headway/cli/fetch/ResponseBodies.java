package dev.headway.cli.fetch;

import dev.headway.cli.option.FetchOutputOptions;
import dev.headway.cli.option.FetchRetryOptions;
import dev.headway.cli.option.FileArguments;
import dev.headway.cli.request.Request;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the bodies of responses are taken.
 *
 * @param longest how many bytes one may have
 * @param idle how long no byte may come
 * @param total how long an attempt may take in all, if that is limited
 * @param folder where they go, if not to memory
 * @param decoded whether they are decoded
 */
record ResponseBodies(
    long longest, Duration idle, Optional<Duration> total, Optional<Path> folder, boolean decoded) {

  /** As options say. */
  static ResponseBodies of(FetchOutputOptions output, FetchRetryOptions retries) {
    return new ResponseBodies(
        output.maxBody(),
        retries.idleTimeout(),
        retries.totalTimeout(),
        output.bodies().map(FileArguments::folder),
        output.decodes());
  }

  /** Takes the bodies of responses to a request. */
  BodyReader.Bodies of(Request request) {
    return new BodyReader.Bodies(
        this,
        folder
            .map(there -> new BodyFiles(there, !decoded))
            .map(files -> files.of(request))
            .orElse(head -> BodySink.inMemory()));
  }
}
