package dev.headway.cli.option;

import picocli.CommandLine.Option;

/** The options that say how servers are reached. */
public final class ConnectionOptions {

  @Option(
      names = {"-L", "--follow", "--location"},
      description = "Follow redirects, but never from https to http.")
  private boolean follow;

  @Option(names = "--http2", description = "Ask for HTTP/2 without TLS, too.")
  private boolean http2;

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
}
