package dev.headway.http;

import java.net.URI;
import java.net.http.HttpRequest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says which requests share limits, what their server states of its own, and the pauses that it
 * asks for: all that have the same scope. By default the scope is the host.
 *
 * <p>It is called by several threads and should return soon. What it throws fails its request. The
 * name of a scope is for people too: it is in {@link ServerPause} and in the names of limits, so it
 * must hold no secret.
 */
@FunctionalInterface
public interface Scope {

  /** The name of a request's scope. */
  String of(HttpRequest request);

  /** The host: its name, with its port unless that is the scheme's. */
  static Scope host() {
    return request -> host(request.uri());
  }

  /** The host of a URL: its name in lower case, with its port unless that is the scheme's. */
  static String host(URI uri) {
    return HostThrottles.name(uri);
  }

  /**
   * The host and the first segments of the path: with 2, {@code example.org/v1/search} for {@code
   * https://example.org/v1/search/all?q=x}.
   *
   * @param segments how many, at least 1
   * @throws IllegalArgumentException if it is less
   */
  static Scope pathPrefix(int segments) {
    if (segments < 1) {
      throw new IllegalArgumentException("a path prefix has 1 segment or more, not " + segments);
    }
    return path(Pattern.compile("^((?:/[^/]+){1," + segments + "})"));
  }

  /**
   * The host and a part of the path: what the pattern's first group matches, or all that it matches
   * where it has no group. A path that it does not match is in the scope of the host alone.
   *
   * @param pattern is looked for in the path as it is sent, without the query
   */
  static Scope path(Pattern pattern) {
    return request -> {
      String path = request.uri().getRawPath();
      Matcher matcher = pattern.matcher(path == null ? "" : path);
      String part = "";
      if (matcher.find()) {
        part = matcher.groupCount() == 0 ? matcher.group() : matcher.group(1);
      }
      return part == null || part.isEmpty()
          ? host(request.uri())
          : host(request.uri()) + (part.startsWith("/") ? "" : " ") + part;
    };
  }

  /**
   * The host and the value of a header field, such as that of an API key. The value of a field that
   * holds a secret is shown as a hash. Without the field, the scope is the host.
   */
  static Scope header(String name) {
    return request ->
        request
            .headers()
            .firstValue(name)
            .map(value ->
                host(request.uri())
                    + " "
                    + name
                    + " "
                    + (PrivateHeaders.isPrivate(name) ? Scopes.hash(value) : value))
            .orElse(host(request.uri()));
  }

  /**
   * The resource of GitHub that a request takes from ({@code X-RateLimit-Resource}), by its path:
   * {@code api.github.com search}. Those without a quota of their own are {@code core}.
   */
  static Scope gitHub() {
    return request ->
        host(request.uri())
            + " "
            + Scopes.gitHubResource(request.method(), String.valueOf(request.uri().getRawPath()));
  }

  /**
   * The bucket of Discord, by the method and the path: ids are left out but for those of channels,
   * guilds and webhooks, which have buckets of their own.
   */
  static Scope discord() {
    return request ->
        host(request.uri())
            + " "
            + request.method()
            + " "
            + Scopes.discordRoute(String.valueOf(request.uri().getRawPath()));
  }
}
