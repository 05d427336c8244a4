package dev.headway.cli.option;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what requests the lines of an input make. */
public final class InputOptions extends TableOptions {

  @Option(
      names = "--url",
      paramLabel = "TEMPLATE",
      description = {
        "URL template; each input line replaces {}, percent-encoded (with columns: {name} or {1})."
            + " $${NAME} is an environment variable: results show its name, unless it is a base"
            + " address at the start."
      })
  private @Nullable String url;

  @Option(
      names = {"-X", "--method"},
      paramLabel = "NAME",
      description = "With --url or a URL: the method. Default: GET, or POST with --body.")
  private @Nullable String method;

  @Option(
      names = {"-d", "--body"},
      paramLabel = "TEMPLATE",
      description = {
        "With --url or a URL: the body, with the same places. In a JSON body they are part of"
            + " texts."
      })
  private @Nullable String body;

  /** Made by picocli. */
  public InputOptions() {}

  /** The URL template, if there is one. */
  public Optional<String> url() {
    return Optional.ofNullable(url);
  }

  /** The method, if one is given. */
  public Optional<String> method() {
    return Optional.ofNullable(method);
  }

  /** The body template, if there is one. */
  public Optional<String> body() {
    return Optional.ofNullable(body);
  }

  /** Whether there are any. */
  public boolean areGiven() {
    return url != null || method != null || body != null || table().isPresent();
  }
}
