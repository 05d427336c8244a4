package dev.headway.cli.fetch;

import dev.headway.cli.model.Preset;
import dev.headway.cli.option.FetchRetryOptions;
import dev.headway.http.ErrorResponse;
import dev.headway.http.ResponseMeaning;
import dev.headway.http.ResponseMeaning.Final;
import dev.headway.http.ResponseMeaning.Retryable;
import dev.headway.http.ResponseMeaning.SlowDown;
import dev.headway.http.ResponseMeaning.StopRun;
import dev.headway.http.ResponsePolicy;
import java.util.Optional;

/**
 * What responses mean, as everywhere, and what options add to that.
 *
 * @param preset what a vendor's responses mean, if it is known
 * @param pauses hears at once of a response that ends the run
 */
record FetchPolicy(FetchRetryOptions options, Optional<Preset> preset, ServerPauses pauses)
    implements ResponsePolicy {

  private static final int SUCCESS = 2;
  private static final int HUNDRED = 100;

  @Override
  public boolean readsSuccess() {
    return options.looksIntoBodies() || preset.isPresent();
  }

  @Override
  public ResponseMeaning meaningOf(ErrorResponse response) {
    ResponseMeaning standard = standard(response);
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

  /** What the preset says, and where it says nothing, what holds for all servers. */
  private ResponseMeaning standard(ErrorResponse response) {
    ResponseMeaning usual =
        response.status() / HUNDRED == SUCCESS
            ? Final.RESPONSE
            : ResponsePolicy.standard().meaningOf(response);
    if (usual instanceof StopRun) {
      return usual;
    }
    return preset
        .flatMap(vendor -> vendor.meaningOf(response.status(), response.body()))
        .map(meaning ->
            switch (meaning) {
              case FATAL -> new StopRun(response.body().strip());
              case SLOW_DOWN -> usual instanceof SlowDown ? usual : SlowDown.AS_ASKED;
              case RETRYABLE -> usual instanceof SlowDown ? usual : Retryable.ANY_METHOD;
            })
        .orElse(usual);
  }
}
