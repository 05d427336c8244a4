package dev.headway.cli.option;

import dev.headway.cli.model.Preset;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what requests the lines of an input make. */
public final class InputOptions extends TableOptions {

  @Option(
      names = "--url",
      paramLabel = "TEMPLATE",
      description = {
        "URL template; each input line replaces {}, percent-encoded (with columns or a line of"
            + " JSON: {name} or {1})."
            + " $${NAME} is an environment variable: results show its name, unless it is a base"
            + " address at the start."
      })
  private @Nullable String url;

  @Option(
      names = "--base-url",
      paramLabel = "URL",
      description = {
        "What the URLs of lines, or of --url, follow that have no http:// of their own, such as"
            + " https://api.example.com/v1."
      })
  private @Nullable String baseUrl;

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
            + " texts. @FILE reads it from a file."
      })
  private @Nullable String body;

  @Option(
      names = {"-F", "--form"},
      paramLabel = "NAME=TEXT",
      description = {
        "With --url or a URL: a field of a form (multipart/form-data), with the same places;"
            + " NAME=@FILE sends a file."
      })
  private List<String> form = List.of();

  @Option(
      names = "--first",
      paramLabel = "N",
      description = "Take only the first N requests of the input.")
  private @Nullable Long first;

  /** Made by picocli. */
  public InputOptions() {}

  /**
   * How many requests of the input are taken.
   *
   * @throws UsageException if that is less than one
   */
  public long most() {
    if (first != null && first < 1) {
      throw new UsageException("--first: " + first + " is too few; write 1 or more");
    }
    return first == null ? Long.MAX_VALUE : first;
  }

  /**
   * Takes the address of a vendor where none is given, and its usual path where requests are made
   * of a body.
   *
   * @param argument whether the URL is an argument
   */
  public void use(Preset preset, boolean argument) {
    if (baseUrl == null) {
      baseUrl = preset.baseUrl();
    }
    if (url == null && body != null && !argument) {
      url = preset.path();
    }
  }

  /** The URL template, if there is one. */
  public Optional<String> url() {
    return Optional.ofNullable(url);
  }

  /** The address that URLs without one of their own follow, if there is one. */
  public Optional<String> baseUrl() {
    return Optional.ofNullable(baseUrl);
  }

  /** A URL with the base address where it has none of its own. */
  public String onBase(String given) {
    return baseUrl == null ? given : join(baseUrl, given);
  }

  /** A URL that follows a base address, unless it has a scheme or begins with a variable. */
  public static String join(String base, String url) {
    return url.matches("(?s)(\\$\\{|[A-Za-z][\\w+.-]*://).*")
        ? url
        : base.replaceFirst("/+$", "") + "/" + url.replaceFirst("^/+", "");
  }

  /** The method, if one is given. */
  public Optional<String> method() {
    return Optional.ofNullable(method);
  }

  /** The body template, if there is one. */
  public Optional<String> body() {
    return Optional.ofNullable(body);
  }

  /** The fields of the form, if there are any. */
  public List<String> form() {
    return form;
  }

  /** Whether there are any. */
  public boolean areGiven() {
    return !form.isEmpty()
        || url != null
        || baseUrl != null
        || method != null
        || body != null
        || first != null
        || table().isPresent();
  }

  /**
   * Where the requests, or what they are made of, come from.
   *
   * @param file the argument that names a file, if there is one
   * @throws UsageException if there is no input, or more than one
   */
  public Path input(@Nullable Path file) {
    if (file != null && table().isPresent()) {
      throw new UsageException("both FILE and --csv are given: the input is one of them");
    }
    return table()
        .or(() -> Optional.ofNullable(file))
        .orElseThrow(() ->
            new UsageException(
                "there is no input: give a FILE, - for standard input, or --csv FILE"));
  }
}
