package dev.headway.cli.fetch;

import dev.headway.cli.lines.ReadAhead;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say what the requests are like. */
public final class RequestOptions {

  /** How long requests may take that are not sent. */
  private static final Duration NEVER_SENT = Duration.ofDays(1);

  @Mixin private RequestInput input = new RequestInput();

  @Option(
      names = "--header",
      paramLabel = "'NAME: VALUE'",
      description = {
        "A header of all requests that do not have it. $${NAME} in it is a variable of the"
            + " environment, a secret: its value is shown nowhere."
      })
  private List<String> headers = new ArrayList<>();

  @Option(
      names = "--header-file",
      paramLabel = "FILE",
      description = "Headers of all requests, a line each, as with --header; all are secrets.")
  private @Nullable Path headerFile;

  @Option(
      names = "--cost",
      paramLabel = "NAME=/POINTER",
      converter = Pointed.Converter.class,
      description = "Where in the body of a request stands what it takes of a budget.")
  private List<Pointed> costs = new ArrayList<>();

  @Option(
      names = "--settle",
      paramLabel = "NAME=/POINTER",
      converter = Pointed.Converter.class,
      description = "Where in an answer stands what the request took of a budget in fact.")
  private List<Pointed> settled = new ArrayList<>();

  /** Made by picocli. */
  public RequestOptions() {}

  /** The table to read, if there is one. */
  public Optional<Path> table() {
    return input.table();
  }

  /** What says what lines are. */
  RequestInput input() {
    return input;
  }

  /** Where in answers amounts stand. */
  List<Pointed> settled() {
    return settled;
  }

  /**
   * What the requests of an input take, for who does not send them.
   *
   * @param budgets the budgets there are
   * @throws IllegalArgumentException if options contradict each other or cannot be read
   */
  public Demands demands(InputStream lines, Set<String> budgets) {
    Secrets secrets = new Secrets(System.getenv());
    Shape shape = shape(new Headers(secrets), secrets, budgets);
    RequestReader reader = new RequestReader(NEVER_SENT, false, budgets, shape);
    return new Demands(new ReadAhead(input.source(lines)), reader, secrets);
  }

  /**
   * What all requests have in common.
   *
   * @param budgets the budgets there are
   * @throws IllegalArgumentException if options contradict each other or cannot be read
   */
  Shape shape(Headers all, Secrets secrets, Set<String> budgets) {
    Optional<RequestTemplate> template = input.template(secrets);
    Stream.concat(costs.stream(), settled.stream())
        .map(Pointed::budget)
        .filter(budget -> !budgets.contains(budget))
        .findFirst()
        .ifPresent(budget -> {
          throw new IllegalArgumentException(
              "there is no budget " + budget + ": give it one with --budget " + budget + "=RATE");
        });
    if (headerFile != null) {
      all.addAll(headerFile);
    }
    headers.forEach(all::add);
    return new Shape(template, table().isPresent(), all.byName(), costs);
  }
}
