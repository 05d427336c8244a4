package dev.headway.http;

import java.io.IOException;

/**
 * The table of what responses mean. A client has {@link #standard} unless another is given, such as
 * one that adds a row:
 *
 * <pre>{@code
 * ResponsePolicy standard = ResponsePolicy.standard();
 * return LimitedHttpClient.builder()
 *     .responsePolicy(response ->
 *         response.status() == 423 ? Retryable.IF_IDEMPOTENT : standard.meaningOf(response))
 *     .build();
 * }</pre>
 *
 * <p>It is called by several threads, and should return soon. What it throws fails the request.
 */
@FunctionalInterface
public interface ResponsePolicy {

  /** What a response with a status other than 2xx means, or any if {@link #readsSuccess}. */
  ResponseMeaning meaningOf(ErrorResponse response);

  /**
   * Whether this policy judges responses with 2xx, too, for services that report errors in their
   * bodies. They are final otherwise, and are handed over as they come.
   */
  default boolean readsSuccess() {
    return false;
  }

  /**
   * What it means that no response came. As it is here unless a policy says otherwise: any method
   * is retryable if there was no connection, since nothing was sent; certificate errors and TLS
   * alerts are final; any other failure is retryable if idempotent.
   */
  default ResponseMeaning meaningOf(IOException failure) {
    return Failures.meaningOf(failure);
  }

  /**
   * The table that holds unless another is given; the first row that fits counts.
   *
   * <ul>
   *   <li>{@code insufficient_quota} or {@code billing_*} as an error's code or type, with any
   *       status from 400 on: the run stops.
   *   <li>420, 429, 509, 529; 503 with {@code Retry-After}; 403 with {@code Retry-After} or with
   *       nothing left of a limit that is reset later: slow down. GitHub's "secondary rate limit",
   *       with 403 or 429 and without any of these fields: slow down for at least 60 seconds.
   *   <li>408, 425, 500, 502, 503, 504, 520 to 524, 530: retryable if idempotent.
   *   <li>Any other: final.
   * </ul>
   */
  static ResponsePolicy standard() {
    return StandardPolicy.INSTANCE;
  }
}
