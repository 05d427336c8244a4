package dev.headway.cli.fetch;

import dev.headway.cli.option.FetchRetryOptions;
import dev.headway.http.ErrorResponse;
import dev.headway.http.ResponseMeaning;
import dev.headway.http.ResponseMeaning.Final;
import dev.headway.http.ResponseMeaning.Retryable;
import dev.headway.http.ResponseMeaning.StopRun;
import dev.headway.http.ResponsePolicy;

/**
 * What responses mean, as everywhere, and what options add to that.
 *
 * @param pauses hears at once of a response that ends the run
 */
record FetchPolicy(FetchRetryOptions options, ServerPauses pauses) implements ResponsePolicy {

  private static final int SUCCESS = 2;
  private static final int HUNDRED = 100;

  @Override
  public boolean readsSuccess() {
    return options.looksIntoBodies();
  }

  @Override
  public ResponseMeaning meaningOf(ErrorResponse response) {
    ResponseMeaning standard =
        response.status() / HUNDRED == SUCCESS
            ? Final.RESPONSE
            : ResponsePolicy.standard().meaningOf(response);
    if (standard instanceof StopRun(String reason)) {
      pauses.sendNoMore(response.status(), reason);
    }
    boolean more = standard instanceof Final || standard instanceof Retryable;
    if (more && options.retryIf(response.body()).isPresent()) {
      return Retryable.ANY_METHOD;
    }
    return standard instanceof Final && options.retriesOn(response.status())
        ? Retryable.IF_IDEMPOTENT
        : standard;
  }
}
