package dev.headway.http;

import com.github.mizosoft.methanol.MimeBodyPublisher;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The header fields that a client adds to requests that lack them.
 *
 * @param userAgent the value of {@code User-Agent}, if one is added
 * @param encodings the value of {@code Accept-Encoding}, if one is added
 */
record AddedHeaders(Optional<String> userAgent, Optional<String> encodings) {

  static final String ACCEPT_ENCODING = "Accept-Encoding";

  /** The request with the fields; the body's own type is added to any request. */
  HttpRequest to(HttpRequest request) {
    Map<String, String> added = new LinkedHashMap<>();
    userAgent.ifPresent(value -> added.put("User-Agent", value));
    encodings.ifPresent(value -> added.put(ACCEPT_ENCODING, value));
    if (request.bodyPublisher().orElse(null) instanceof MimeBodyPublisher body) {
      added.put("Content-Type", body.mediaType().toString());
    }
    return with(request, added);
  }

  /** An attempt with the credentials for its proxy. */
  static HttpRequest forProxy(HttpRequest request, Function<URI, Optional<String>> credentials) {
    Map<String, String> added = new LinkedHashMap<>();
    credentials.apply(request.uri()).ifPresent(value -> added.put("Proxy-Authorization", value));
    return with(request, added);
  }

  private static HttpRequest with(HttpRequest request, Map<String, String> added) {
    added.keySet().removeIf(name -> request.headers().firstValue(name).isPresent());
    if (added.isEmpty()) {
      return request;
    }
    HttpRequest.Builder builder = HttpRequest.newBuilder(request, (name, value) -> true);
    added.forEach(builder::header);
    return builder.build();
  }
}
