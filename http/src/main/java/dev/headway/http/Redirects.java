package dev.headway.http;

import dev.headway.time.TimeSource;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Follows redirects as {@link Redirect} says. Each request waits for the limits of its own host.
 * Header fields with secrets stay with their scheme, host and port.
 */
final class Redirects {

  private static final int MOST = 5;
  private static final Set<Integer> KEEP_METHOD = Set.of(307, 308);
  private static final Set<Integer> CHANGE_METHOD = Set.of(301, 302, 303);

  private final Redirect policy;
  private final Predicate<String> isPrivate;
  private final RetryingSender sender;
  private final TimeSource time;

  /**
   * Follows redirects.
   *
   * @param isPrivate whether a header field stays with scheme, host and port
   */
  Redirects(Redirect policy, Predicate<String> isPrivate, RetryingSender sender, TimeSource time) {
    this.policy = policy;
    this.isPrivate = isPrivate;
    this.sender = sender;
    this.time = time;
  }

  <T> Exchange<T> send(RetryingSender.Call<T> first) throws IOException, InterruptedException {
    RetryingSender.Call<T> call = first;
    int attempts = 0;
    Duration waited = Duration.ZERO;
    HttpResponse<T> previous = null;
    for (int hops = 0; ; hops++) {
      HttpRequest request = call.request();
      Exchange<T> exchange;
      try {
        exchange =
            sender.send(
                call,
                head ->
                    next(policy, isPrivate, request, head.statusCode(), head.headers())
                        .isPresent());
      } catch (ExchangeFailedException e) {
        throw e.after(attempts, waited);
      }
      attempts += exchange.attempts();
      waited = waited.plus(exchange.waited());
      HttpResponse<T> response =
          previous == null
              ? exchange.response()
              : new RedirectedResponse<>(exchange.response(), previous);
      previous = response;
      Optional<HttpRequest> next =
          next(policy, isPrivate, request, response.statusCode(), response.headers());
      if (next.isEmpty() || exchange.refused()) {
        return new Exchange<>(
            response, attempts, waited, exchange.took(), exchange.refused(), exchange.stop());
      }
      call = call.with(next.get());
      IOException failure =
          hops == MOST
              ? new IOException("more than " + MOST + " redirects, the last to " + next.get().uri())
              : null;
      Duration asked =
          RateLimitHeaders.of(response.headers(), time.instant())
              .retryAfter()
              .orElse(Duration.ZERO);
      if (failure == null && !call.deadline().allows(asked)) {
        failure = call.deadline().missed(waited, asked);
      }
      if (failure != null) {
        throw new ExchangeFailedException(failure, attempts, waited, exchange.took());
      }
      time.sleep(asked);
      waited = waited.plus(asked);
    }
  }

  /** The request that a response redirects to; empty if it is not followed. */
  static Optional<HttpRequest> next(
      Redirect policy,
      Predicate<String> isPrivate,
      HttpRequest request,
      int status,
      HttpHeaders headers) {
    boolean redirected = KEEP_METHOD.contains(status) || CHANGE_METHOD.contains(status);
    if (policy == Redirect.NEVER || !redirected) {
      return Optional.empty();
    }
    return headers
        .firstValue("Location")
        .flatMap(location -> Locations.resolve(request.uri(), location))
        .filter(target -> mayFollow(policy, request.uri(), target))
        .map(target -> redirected(request, isPrivate, target, status));
  }

  private static boolean mayFollow(Redirect policy, URI from, URI target) {
    String scheme = String.valueOf(target.getScheme()).toLowerCase(Locale.ROOT);
    boolean leavesTls = "https".equalsIgnoreCase(from.getScheme()) && scheme.equals("http");
    return target.getHost() != null
        && (scheme.equals("http") || scheme.equals("https"))
        && (policy == Redirect.ALWAYS || !leavesTls);
  }

  private static HttpRequest redirected(
      HttpRequest request, Predicate<String> isPrivate, URI target, int status) {
    boolean sameOrigin =
        HostThrottles.name(request.uri()).equals(HostThrottles.name(target))
            && target.getScheme().equalsIgnoreCase(request.uri().getScheme());
    boolean becomesGet =
        status == 303
            ? !request.method().equals("HEAD")
            : CHANGE_METHOD.contains(status) && request.method().equals("POST");
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(
                request,
                (name, value) ->
                    (sameOrigin || !isPrivate.test(name)) && !(becomesGet && isOfBody(name)))
            .uri(target);
    return becomesGet ? builder.GET().build() : builder.build();
  }

  private static boolean isOfBody(String field) {
    return field.toLowerCase(Locale.ROOT).startsWith("content-");
  }
}
