package dev.headway.cli.fetch;

import dev.headway.cli.job.Job;
import dev.headway.cli.job.RequestQueue;
import dev.headway.cli.job.Source;
import dev.headway.cli.model.Price;
import dev.headway.cli.model.TokenMeter;
import dev.headway.cli.option.CostPointer;
import dev.headway.cli.option.FetchOutputOptions;
import dev.headway.cli.option.FetchRetryOptions;
import dev.headway.cli.request.Request;
import dev.headway.cli.request.RequestReader;
import dev.headway.cli.request.Secrets;
import dev.headway.http.LimitedHttpClient;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleListener;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;

/**
 * Sends requests, or prints them.
 *
 * @param client what they are sent with
 * @param reader reads them
 * @param output how results are written
 * @param settled where in responses stands what requests took in fact
 * @param tokens the command that prints tokens, if there is one
 * @param pages finds the next pages of responses, if they are fetched
 * @param longest how long requests may start, if that is limited
 * @param meter estimates and settles tokens, if requests are calls of a language model
 * @param price what tokens cost, if that is known
 * @param maxSpend what may be spent, if that is limited
 */
record FetchRun(
    Client client,
    RequestReader reader,
    FetchOutputOptions output,
    List<CostPointer> settled,
    Optional<TokenCommand> tokens,
    Optional<Pages> pages,
    Optional<Duration> longest,
    Optional<TokenMeter> meter,
    Optional<Price> price,
    OptionalDouble maxSpend) {

  /**
   * Prints requests.
   *
   * @return the exit status
   * @throws IOException if one cannot be written
   */
  int print(FetchInput input, OutputStream to) throws IOException {
    RequestPrinter printer = new RequestPrinter(to, client.secrets());
    return printer.print(input.source(reader).items()) > 0 ? Job.SOME_FAILED : 0;
  }

  /**
   * Sends requests.
   *
   * @param queue where they come from rather than from the input, if they do
   * @return the exit status
   * @throws IOException if something cannot be written, or the input cannot be read further
   */
  int send(Job job, Optional<RequestQueue> queue, FetchInput input) throws IOException {
    Secrets secrets = client.secrets();
    FetchRetryOptions retries = client.retries();
    ServerPauses pauses =
        new ServerPauses(
            retries.maxRefused(), retries.maxWait(), secrets::hideHost, secrets::hide, job);
    ResponseBodies bodies = ResponseBodies.of(output, retries);
    ThrottleListener none = event -> {};
    Throttle throttle = job.throttle(queue.isPresent() ? queue.get() : none);
    ModelCalls calls = new ModelCalls(meter, price, maxSpend, job);
    ResultWriter writer =
        new ResultWriter(
            ResultFormat.of(output, job.file().stream(), secrets, pages.isPresent()),
            secrets,
            calls::written);
    try (LimitedHttpClient http = client.open(throttle, job.file().earlierStarts(), pauses);
        TimeLimit time = new TimeLimit(longest, retries.idleTimeout(), job)) {
      PagedFetcher fetcher =
          new PagedFetcher(
              new Fetcher(http, client, bodies, settled, tokens, pauses, calls), pages, time);
      if (queue.isEmpty()) {
        return job.run(input.source(reader), fetcher::fetch, writer, UnaryOperator.identity());
      }
      queue.get().writesTo(new QueueResults(job.file(), reader), job.display());
      return job.run(
          Source.ofAll(reader.readAll(queue.get().requests())),
          queue.get().taking(fetcher::fetch),
          new QueueSink<>(queue.get(), job.display(), Request::line, writer),
          UnaryOperator.identity());
    }
  }
}
