package dev.headway.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Follows redirects as {@link Redirect} says, one request after the other, so that each waits for
 * its own host. Credentials are not carried from one origin to another.
 */
final class Redirects<T> {

  private static final int MOST = 5;
  private static final Set<Integer> KEEP_METHOD = Set.of(307, 308);
  private static final Set<Integer> CHANGE_METHOD = Set.of(301, 302, 303);
  private static final Set<String> CREDENTIALS =
      Set.of("authorization", "cookie", "proxy-authorization");

  private final Redirect policy;

  Redirects(Redirect policy) {
    this.policy = policy;
  }

  /** Sends one request. */
  interface Step<T> {
    Exchange<T> send(HttpRequest request) throws IOException, InterruptedException;
  }

  Exchange<T> follow(HttpRequest request, Step<T> step) throws IOException, InterruptedException {
    HttpRequest current = request;
    int attempts = 0;
    Duration waited = Duration.ZERO;
    for (int hops = 0; ; hops++) {
      Exchange<T> exchange;
      try {
        exchange = step.send(current);
      } catch (ExchangeFailedException e) {
        throw e.after(attempts, waited);
      }
      attempts += exchange.attempts();
      waited = waited.plus(exchange.waited());
      Optional<HttpRequest> next = next(current, exchange);
      if (next.isEmpty()) {
        return new Exchange<>(exchange.response(), attempts, waited, exchange.took());
      }
      Bodies.discard(exchange.response());
      current = next.get();
      if (hops == MOST) {
        throw new ExchangeFailedException(
            new IOException("more than " + MOST + " redirects, the last to " + current.uri()),
            attempts,
            waited,
            exchange.took());
      }
    }
  }

  private Optional<HttpRequest> next(HttpRequest request, Exchange<T> exchange) {
    int status = exchange.response().statusCode();
    boolean redirected = KEEP_METHOD.contains(status) || CHANGE_METHOD.contains(status);
    if (policy == Redirect.NEVER || !redirected) {
      return Optional.empty();
    }
    return exchange
        .response()
        .headers()
        .firstValue("Location")
        .flatMap(location -> resolve(request.uri(), location))
        .filter(target -> mayFollow(request.uri(), target))
        .map(target -> redirected(request, target, status));
  }

  private static Optional<URI> resolve(URI from, String location) {
    try {
      // URI drops the last part of the path for a query alone, and RFC 3986, section 5.2.2 keeps
      // it.
      return Optional.of(
          from.resolve(location.startsWith("?") ? from.getRawPath() + location : location));
    } catch (IllegalArgumentException notAnAddress) {
      return Optional.empty();
    }
  }

  private boolean mayFollow(URI from, URI target) {
    String scheme = String.valueOf(target.getScheme()).toLowerCase(Locale.ROOT);
    boolean leavesTls = "https".equalsIgnoreCase(from.getScheme()) && scheme.equals("http");
    return target.getHost() != null
        && (scheme.equals("http") || scheme.equals("https"))
        && (policy == Redirect.ALWAYS || !leavesTls);
  }

  private static HttpRequest redirected(HttpRequest request, URI target, int status) {
    boolean sameOrigin =
        Hosts.name(request.uri()).equals(Hosts.name(target))
            && target.getScheme().equalsIgnoreCase(request.uri().getScheme());
    boolean becomesGet =
        status == 303
            ? !request.method().equals("HEAD")
            : CHANGE_METHOD.contains(status) && request.method().equals("POST");
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(
                request,
                (name, value) -> isKept(name.toLowerCase(Locale.ROOT), sameOrigin, becomesGet))
            .uri(target);
    return becomesGet ? builder.method("GET", BodyPublishers.noBody()).build() : builder.build();
  }

  private static boolean isKept(String field, boolean sameOrigin, boolean bodyless) {
    return (sameOrigin || !CREDENTIALS.contains(field))
        && !(bodyless && field.startsWith("content-"));
  }
}
