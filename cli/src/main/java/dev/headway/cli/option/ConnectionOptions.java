package dev.headway.cli.option;

import java.nio.file.Path;
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
      paramLabel = "[http://][USER:PASSWORD@]HOST:PORT",
      description = {
        "Send all requests through this HTTP proxy; '' is none. $${NAME} in it is an environment"
            + " variable. Default: http_proxy, https_proxy or all_proxy of the environment. Hosts"
            + " in no_proxy are reached without any."
      })
  private @Nullable String proxy;

  @Option(
      names = "--cacert",
      paramLabel = "FILE",
      description = "Trust the authorities in this file (PEM) rather than the machine's.")
  private @Nullable Path authorities;

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "Show servers this certificate (PEM), with its key if there is no --key.")
  private @Nullable Path certificate;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "The private key of --cert (PEM, not encrypted).")
  private @Nullable Path key;

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

  /** The proxy as it is given, if it is; an empty text is none. */
  public Optional<String> proxy() {
    return Optional.ofNullable(proxy);
  }

  /** The authorities that are trusted, if they are given. */
  public Optional<Path> authorities() {
    return Optional.ofNullable(authorities);
  }

  /** The certificate that servers are shown, if there is one. */
  public Optional<Path> certificate() {
    if (certificate == null && key != null) {
      throw new UsageException("--key needs --cert, the certificate that it is for");
    }
    return Optional.ofNullable(certificate);
  }

  /** Its key, if that is in a file of its own. */
  public Optional<Path> key() {
    return Optional.ofNullable(key);
  }
}
