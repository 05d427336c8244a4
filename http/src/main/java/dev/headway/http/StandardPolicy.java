package dev.headway.http;

import dev.headway.http.ResponseMeaning.Final;
import dev.headway.http.ResponseMeaning.Retryable;
import dev.headway.http.ResponseMeaning.SlowDown;
import dev.headway.http.ResponseMeaning.StopRun;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table of {@link ResponsePolicy#standard}. */
enum StandardPolicy implements ResponsePolicy {
  INSTANCE;

  static final int FORBIDDEN = 403;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;
  private static final int FIRST_ERROR = 400;

  /** Too Many Requests, and what some services answer instead. */
  private static final Set<Integer> SLOW_DOWN = Set.of(420, TOO_MANY_REQUESTS, 509, 529);

  /** Failures of the server, or of one before it (520 to 530 are Cloudflare's), that may pass. */
  private static final Set<Integer> TRANSIENT =
      Set.of(408, 425, 500, 502, UNAVAILABLE, 504, 520, 521, 522, 523, 524, 530);

  /** What OpenAI and Anthropic say where a bill is to be paid first. */
  private static final Pattern UNPAID =
      Pattern.compile("\"(?:code|type)\"\\s*:\\s*\"(insufficient_quota|billing_\\w+)\"");

  private static final Pattern MESSAGE =
      Pattern.compile("\"message\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.){1,300})");

  /** What GitHub says where its fields say nothing, and what it said before 2022. */
  private static final Pattern SECONDARY =
      Pattern.compile("secondary rate limit|abuse detection mechanism", Pattern.CASE_INSENSITIVE);

  private static final SlowDown SECONDARY_PAUSE = new SlowDown(Duration.ofSeconds(60));

  @Override
  public ResponseMeaning meaningOf(ErrorResponse response) {
    Optional<String> unpaid = unpaid(response);
    if (unpaid.isPresent()) {
      return new StopRun(unpaid.get());
    }
    int status = response.status();
    boolean mayBeSecondary = status == FORBIDDEN || status == TOO_MANY_REQUESTS;
    if (mayBeSecondary
        && response.limits().pause().filter(Duration::isPositive).isEmpty()
        && SECONDARY.matcher(response.body()).find()) {
      return SECONDARY_PAUSE;
    }
    if (SLOW_DOWN.contains(status)
        || (status == UNAVAILABLE && response.limits().retryAfter().isPresent())
        || (status == FORBIDDEN && response.limits().asksToWait())) {
      return SlowDown.AS_ASKED;
    }
    return TRANSIENT.contains(status) ? Retryable.IF_IDEMPOTENT : Final.RESPONSE;
  }

  private static Optional<String> unpaid(ErrorResponse response) {
    Matcher code = UNPAID.matcher(response.body());
    if (response.status() < FIRST_ERROR || !code.find()) {
      return Optional.empty();
    }
    Matcher message = MESSAGE.matcher(response.body());
    return Optional.of(code.group(1) + (message.find() ? ": " + message.group(1) : ""));
  }
}
