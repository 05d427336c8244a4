package dev.headway.cli.fetch;

import dev.headway.cli.fetch.Fetcher.Answer;
import dev.headway.cli.job.StopException;
import dev.headway.cli.request.Request;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Turns what a line asks for into a result, with all pages of its response if that is wanted.
 *
 * @param fetcher sends requests
 * @param pages finds next pages, if they are fetched
 * @param time ends the run after a time
 */
record PagedFetcher(Fetcher fetcher, Optional<Pages> pages, TimeLimit time) {

  /**
   * Sends a request, as often as it takes, and those for its next pages.
   *
   * @throws InterruptedException if interrupted: then there is no result
   * @throws StopException if the run should end: then there is none either
   */
  Result fetch(Request request) throws InterruptedException, StopException {
    if (request.fault().isPresent()) {
      return Result.unsent(request, request.fault().get());
    }
    HttpRequest asked = fetcher.keyed(request);
    try (TimeLimit.Attempts attempts = time.request()) {
      Answer answer = fetcher.answer(request, asked, attempts);
      boolean isWhole = pages.isEmpty() || answer.result().error().isPresent();
      return isWhole ? answer.result() : all(request, asked, answer, attempts);
    }
  }

  private Result all(Request request, HttpRequest first, Answer begin, TimeLimit.Attempts attempts)
      throws InterruptedException, StopException {
    List<PageBodies.Page> bodies = new ArrayList<>();
    Set<URI> seen = new HashSet<>(Set.of(first.uri()));
    HttpRequest asked = first;
    Answer answer = begin;
    Result result = begin.result();
    while (result.error().isEmpty()) {
      HttpResponse<Body> response = answer.response().orElseThrow();
      bodies.add(new PageBodies.Page(result.body(), response.headers()));
      Optional<URI> next;
      try {
        next = next(response, asked.uri(), seen);
      } catch (IOException e) {
        return result
            .with(new PageBodies(bodies, false))
            .failedAt(bodies.size() + 1, String.valueOf(e.getMessage()));
      }
      if (next.isEmpty() || bodies.size() == pages.orElseThrow().most()) {
        return result.with(new PageBodies(bodies, next.isPresent()));
      }
      asked = HttpRequest.newBuilder(asked, (name, value) -> true).uri(next.get()).build();
      answer = fetcher.answer(request, asked, attempts);
      result = answer.result().after(result);
    }
    return result
        .with(new PageBodies(bodies, false))
        .failedAt(bodies.size() + 1, result.error().get());
  }

  private Optional<URI> next(HttpResponse<Body> response, URI asked, Set<URI> seen)
      throws IOException {
    Optional<URI> next = pages.orElseThrow().after(response, asked);
    if (next.isPresent() && !seen.add(next.get())) {
      throw new IOException("its next page is one that has come before");
    }
    return next;
  }
}
