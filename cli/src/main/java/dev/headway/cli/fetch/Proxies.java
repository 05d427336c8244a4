package dev.headway.cli.fetch;

import dev.headway.cli.option.UsageException;
import dev.headway.cli.request.Secrets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The proxy of each URL, as curl chooses it: {@code --proxy}, else {@code http_proxy} (in lower
 * case alone, since a server that runs CGI programs sets the other from a request's header), {@code
 * https_proxy} or {@code all_proxy} of the environment, and none for the hosts of {@code no_proxy}.
 */
final class Proxies extends ProxySelector {

  private final Optional<Address> http;
  private final Optional<Address> https;
  private final DirectHosts direct;

  private record Address(InetSocketAddress socket, Optional<String> authorization) {}

  /**
   * Those that an option and the environment name.
   *
   * @param option what {@code --proxy} says, if it is given; an empty text is none
   * @param secrets gets the passwords
   * @throws UsageException if one cannot be used
   */
  Proxies(Optional<String> option, Map<String, String> environment, Secrets secrets) {
    this.http = address(option, environment, secrets, "http_proxy");
    this.https = address(option, environment, secrets, "https_proxy", "HTTPS_PROXY");
    this.direct = new DirectHosts(given(environment, "no_proxy", "NO_PROXY").orElse(""));
  }

  private static Optional<Address> address(
      Optional<String> option, Map<String, String> environment, Secrets secrets, String... names) {
    return option.isPresent()
        ? option
            .map(text -> expanded(text, secrets))
            .filter(text -> !text.isEmpty())
            .map(text -> address("--proxy", text, secrets))
        : Stream.concat(Stream.of(names), Stream.of("all_proxy", "ALL_PROXY"))
            .filter(name -> given(environment, name).isPresent())
            .findFirst()
            .map(name -> address(name, given(environment, name).orElse(""), secrets));
  }

  /** Of a user and a password, variables may hold any character. */
  private static String expanded(String text, Secrets secrets) {
    String known = secrets.expand(text);
    int at = text.lastIndexOf('@');
    return at < 0
        ? known
        : secrets.reveal(
                text.substring(0, at),
                value -> URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20"))
            + secrets.expand(text.substring(at));
  }

  private static Optional<String> given(Map<String, String> environment, String... names) {
    return Stream.of(names)
        .map(name -> environment.getOrDefault(name, "").strip())
        .filter(value -> !value.isEmpty())
        .findFirst();
  }

  /** What is given may hold a password, so no message repeats it. */
  private static Address address(String source, String text, Secrets secrets) {
    String url = text.contains("://") ? text : "http://" + text;
    String scheme = url.substring(0, url.indexOf("://")).toLowerCase(Locale.ROOT);
    String instead = source.equals("--proxy") ? "" : ", or --proxy '' to use none";
    if (!scheme.equals("http")) {
      throw new UsageException(
          source
              + (scheme.startsWith("socks") ? ": SOCKS" : ": " + scheme)
              + " proxies cannot be used; name an HTTP proxy, such as http://proxy.example:3128"
              + instead);
    }
    try {
      URI uri = new URI(url);
      if (uri.getHost() == null || uri.getPort() < 1) {
        throw new URISyntaxException("", "no host or port");
      }
      return new Address(
          InetSocketAddress.createUnresolved(uri.getHost(), uri.getPort()),
          Optional.ofNullable(uri.getRawUserInfo()).map(user -> authorization(user, secrets)));
    } catch (URISyntaxException e) {
      throw new UsageException(
          source + ": it is not HOST:PORT; write proxy.example:3128" + instead, e);
    }
  }

  private static String authorization(String user, Secrets secrets) {
    String[] parts = user.split(":", 2);
    return secrets.basic(decoded(parts[0]), parts.length > 1 ? decoded(parts[1]) : "");
  }

  private static String decoded(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private Optional<Address> of(URI uri) {
    boolean tls = "https".equalsIgnoreCase(uri.getScheme());
    int port = uri.getPort() == -1 ? tls ? 443 : 80 : uri.getPort();
    return direct.has(String.valueOf(uri.getHost()), port) ? Optional.empty() : tls ? https : http;
  }

  /** What the proxy of a URL is sent to let it through. */
  Optional<String> authorization(URI uri) {
    return of(uri).flatMap(Address::authorization);
  }

  /** What is connected to for a URL, in words. */
  String peer(URI uri) {
    return of(uri)
        .map(Address::socket)
        .map(proxy -> "the proxy " + proxy.getHostString() + ":" + proxy.getPort())
        .orElse("the server");
  }

  @Override
  public List<Proxy> select(URI uri) {
    return List.of(
        of(uri)
            .map(address -> new Proxy(Proxy.Type.HTTP, address.socket()))
            .orElse(Proxy.NO_PROXY));
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    // There is no other one to try.
  }
}
