package dev.headway.cli.option;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how servers are reached. */
public final class ConnectionOptions {

  @Option(
      names = {"-L", "--follow", "--location"},
      description = "Follow redirects, but never from https to http.")
  private boolean follow;

  @Option(names = "--http2", description = "Ask for HTTP/2 without TLS, too.")
  private boolean http2;

  @Option(
      names = {"-k", "--insecure"},
      description = "Do not check certificates. Others can read and change what is sent.")
  private boolean insecure;

  @Option(
      names = {"-x", "--proxy"},
      paramLabel = "[http://]HOST:PORT",
      description = "Send all requests through this HTTP proxy.")
  private @Nullable String proxy;

  @Option(
      names = "--connect-timeout",
      paramLabel = "DURATION",
      converter = Converters.OfDuration.class,
      description = "Give up an attempt that finds no connection in this time. Default: 10s.")
  private Duration connectTimeout = Duration.ofSeconds(10);

  /** Made by picocli. */
  public ConnectionOptions() {}

  /** Whether redirects are followed. */
  public boolean follow() {
    return follow;
  }

  /** Whether servers without TLS are asked for HTTP/2. */
  public boolean http2() {
    return http2;
  }

  /**
   * How long a connection may take to be made.
   *
   * @throws UsageException if that is no time
   */
  public Duration connectTimeout() {
    return RetryOptions.positive("--connect-timeout", connectTimeout).orElseThrow();
  }

  /** Whether certificates are not checked. */
  public boolean insecure() {
    return insecure;
  }

  /**
   * The proxy, if one is given.
   *
   * @throws UsageException if it is no HTTP proxy
   */
  public Optional<InetSocketAddress> proxy() {
    return Optional.ofNullable(proxy).map(ConnectionOptions::address);
  }

  private static InetSocketAddress address(String proxy) {
    URI uri;
    try {
      uri = new URI(proxy.contains("://") ? proxy : "http://" + proxy);
    } catch (URISyntaxException e) {
      throw new UsageException("--proxy: it is not HOST:PORT; write proxy.example:3128", e);
    }
    if (!"http".equalsIgnoreCase(uri.getScheme()) || uri.getUserInfo() != null) {
      throw new UsageException(
          "--proxy: only HTTP proxies without a password can be used; write proxy.example:3128");
    }
    if (uri.getHost() == null || uri.getPort() < 1) {
      throw new UsageException("--proxy: it is not HOST:PORT; write proxy.example:3128");
    }
    return new InetSocketAddress(uri.getHost(), uri.getPort());
  }
}
