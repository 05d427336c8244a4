package dev.headway.cli.fetch;

import dev.headway.cli.lines.CsvRows;
import dev.headway.cli.lines.Line;
import dev.headway.cli.lines.ReadAhead;
import dev.headway.cli.lines.Separator;
import dev.headway.cli.lines.TextLines;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what lines of an input are, if they are no requests themselves. */
public final class RequestInput {

  @Option(
      names = "--url",
      paramLabel = "TEMPLATE",
      description = {
        "Lines are no requests, but what to fetch this URL with: {} stands for the line, {name} for"
            + " a column with --csv, percent-encoded. $${NAME} is a variable of the environment:"
            + " results have its name in their url, unless it is a base address at the start."
      })
  private @Nullable String url;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = {
        "Read a table (CSV, UTF-8) rather than lines; its first row names the columns. A column id"
            + " gives the ids."
      })
  private @Nullable Path table;

  @Option(
      names = "--method",
      paramLabel = "NAME",
      description = "With --url: the method. Default: GET, or POST with --body.")
  private @Nullable String method;

  @Option(
      names = "--body",
      paramLabel = "TEMPLATE",
      description = {
        "With --url: the body, with the same places. In JSON what is filled in is part of a text."
      })
  private @Nullable String body;

  /** Made by picocli. */
  public RequestInput() {}

  /** The table to read, if there is one. */
  public Optional<Path> table() {
    return Optional.ofNullable(table);
  }

  /** The lines of an input that requests are, or are made of. */
  public ReadAhead.Source source(InputStream input) {
    return table == null ? new TextLines(input, Separator.NEWLINE) : new CsvRows(input);
  }

  /** Which of these ask for something. */
  public Predicate<Line> asks() {
    return Requests::asks;
  }

  /**
   * Makes lines complete requests, in JSON, for whoever sends them without these options.
   *
   * @throws IllegalArgumentException if options contradict each other, or would have a secret
   *     become part of requests
   */
  public UnaryOperator<Line> completing() {
    Secrets secrets = new Secrets(System.getenv());
    refuseSecrets("--url", Optional.ofNullable(url).map(secrets::withBase));
    refuseSecrets("--body", Optional.ofNullable(body));
    Shape shape = new Shape(template(secrets), table != null, Map.of(), List.of());
    return shape::complete;
  }

  private static void refuseSecrets(String option, Optional<String> given) {
    if (given.filter(Secrets::areIn).isPresent()) {
      throw new IllegalArgumentException(
          option
              + " has ${…}, which would be kept where others can read it: leave it to fetch, with"
              + " --header");
    }
  }

  /** Whether there are any but the table. */
  boolean isGiven() {
    return url != null || method != null || body != null;
  }

  /**
   * What lines fill in, if they are not requests themselves.
   *
   * @throws IllegalArgumentException if options contradict each other
   */
  Optional<RequestTemplate> template(Secrets secrets) {
    if (url == null && (method != null || body != null)) {
      throw new IllegalArgumentException(
          (method != null ? "--method" : "--body") + " needs --url: lines have their own");
    }
    return Optional.ofNullable(url)
        .map(given ->
            new RequestTemplate(
                secrets.address(given),
                Optional.ofNullable(method),
                Optional.ofNullable(body).map(secrets::expand),
                secrets));
  }
}
