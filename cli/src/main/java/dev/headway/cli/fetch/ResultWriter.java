package dev.headway.cli.fetch;

import dev.headway.Outcome;
import dev.headway.cli.job.Sink;
import dev.headway.cli.request.Request;
import dev.headway.cli.request.Secrets;
import dev.headway.cli.resume.Finished;
import dev.headway.cli.resume.Identity;
import dev.headway.cli.text.Excerpt;
import dev.headway.http.LimitedHttpClient;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Writes results, and sums each up. */
final class ResultWriter implements Sink<Request, Result> {

  private static final int LONGEST_SAID = 300;

  private final ResultFormat format;
  private final Secrets secrets;
  private final Consumer<Result> written;

  /**
   * Writes in a format.
   *
   * @param secrets hidden in what servers say of failures
   * @param written gets each result that was written
   */
  ResultWriter(ResultFormat format, Secrets secrets, Consumer<Result> written) {
    this.format = format;
    this.written = written;
    this.secrets = secrets;
  }

  /** How requests are told apart from run to run. */
  static final Identity<Request> IDENTITY =
      new Identity<>() {
        @Override
        public long key(Request request) {
          return Finished.key(request.content());
        }

        @Override
        public OptionalLong number(Request request) {
          return request.ownId().isPresent()
              ? OptionalLong.empty()
              : OptionalLong.of(request.number());
        }

        @Override
        public Request numbered(Request request, long number) {
          return request.numbered(number);
        }
      };

  @Override
  public Optional<Summary> write(Outcome<Request, Result> outcome) throws IOException {
    if (outcome instanceof Outcome.Failure<Request, Result> failure) {
      throw new IllegalStateException("a request was lost", failure.exception());
    }
    Result result = outcome.value();
    Optional<String> complaint = format.write(result);
    written.accept(result);
    Optional<String> why =
        result
            .error()
            .map(error ->
                error
                    + result
                        .said()
                        .map(secrets::hide)
                        .map(said -> ": " + Excerpt.of(said, LONGEST_SAID))
                        .orElse(""));
    Optional<String> unusable =
        result
            .request()
            .http()
            .filter(request -> result.unusable())
            .map(request -> secrets.hideHost(LimitedHttpClient.hostOf(request.uri())));
    return Optional.of(
        new Summary(result.request().url(), result.attempts(), why, complaint, unusable));
  }
}
