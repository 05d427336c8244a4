package dev.headway.cli.fetch;

import dev.headway.cli.option.NextPage;
import dev.headway.cli.request.RequestUrl;
import dev.headway.http.LimitedHttpClient;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finds the next page of a response.
 *
 * @param next where a response says what it is
 * @param most how many pages of a request are fetched
 */
record Pages(NextPage next, int most) {

  private static final String PARAMETER =
      "\\s*;\\s*([^\\s=;,]+)\\s*(?:=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\\s;,\"]*)))?";

  /** A link of RFC 8288. */
  private static final Pattern LINK = Pattern.compile("<([^>]*)>((?:" + PARAMETER + ")*)");

  private static final Pattern ONE_PARAMETER = Pattern.compile(PARAMETER);

  private static final JsonMapper JSON = JsonMapper.shared();

  /**
   * The URL of the page after a response; empty if that is the last one.
   *
   * @param asked the URL of the response's own page
   * @throws IOException if it names a page that cannot be fetched, in words that may be shown
   */
  Optional<URI> after(HttpResponse<Body> response, URI asked) throws IOException {
    Optional<String> value =
        next.pointer().isPresent() ? pointed(response) : linked(response.headers());
    if (value.isEmpty()) {
      return Optional.empty();
    }
    URI found;
    try {
      found =
          next.parameter().isPresent()
              ? with(asked, next.parameter().get(), value.get())
              : RequestUrl.resolve(response.uri(), value.get());
    } catch (IllegalArgumentException e) {
      throw new IOException("its next page has no URL that can be fetched", e);
    }
    boolean sameHost =
        LimitedHttpClient.hostOf(found).equals(LimitedHttpClient.hostOf(asked))
            && found.getScheme().equalsIgnoreCase(asked.getScheme());
    if (!sameHost) {
      throw new IOException("its next page is on another host, which is not sent its headers");
    }
    return Optional.of(found);
  }

  private Optional<String> pointed(HttpResponse<Body> response) throws IOException {
    try {
      String body = new String(response.body().decoded(response.headers()), StandardCharsets.UTF_8);
      JsonNode value = JSON.readTree(body).at(next.pointer().orElseThrow());
      boolean none = !value.isValueNode() || value.isNull() || value.isBoolean();
      return Optional.of(none ? "" : value.asString()).filter(text -> !text.isBlank());
    } catch (JacksonException notJson) {
      return Optional.empty();
    }
  }

  static Optional<String> linked(HttpHeaders headers) {
    for (String field : headers.allValues("Link")) {
      for (Matcher link = LINK.matcher(field); link.find(); ) {
        if (isNext(link.group(2))) {
          return Optional.of(link.group(1));
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isNext(String parameters) {
    for (Matcher parameter = ONE_PARAMETER.matcher(parameters); parameter.find(); ) {
      if (parameter.group(1).equalsIgnoreCase("rel")) {
        String value = Objects.requireNonNullElse(parameter.group(2), parameter.group(3));
        return (" " + value + " ").toLowerCase(Locale.ROOT).contains(" next ");
      }
    }
    return false;
  }

  /** A URL with another value of a parameter of its query. */
  static URI with(URI url, String parameter, String value) {
    String name = URLEncoder.encode(parameter, StandardCharsets.UTF_8);
    String query = url.getRawQuery() == null ? "" : url.getRawQuery();
    StringBuilder kept = new StringBuilder();
    for (String each : query.split("&", -1)) {
      if (!each.isEmpty() && !each.equals(name) && !each.startsWith(name + "=")) {
        kept.append(each).append('&');
      }
    }
    String encoded = URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    return RequestUrl.resolve(url, "?" + kept + name + "=" + encoded);
  }
}
