package dev.headway.cli.option;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what all requests have in common. */
public final class RequestOptions {

  @Option(
      names = {"-H", "--header"},
      paramLabel = "'NAME: VALUE'",
      description = {
        "A header of all requests that do not have it. $${NAME} in it is an environment variable,"
            + " whose value is a secret and is shown nowhere. {name} is a column of a table, or a"
            + " field of a line."
      })
  private List<String> headers = new ArrayList<>();

  @Option(
      names = "--header-file",
      paramLabel = "FILE",
      description = "Headers of all requests, one on each line; all of them are secrets.")
  private @Nullable Path headerFile;

  @Option(
      names = {"-u", "--user"},
      paramLabel = "USER:PASSWORD",
      description = "Basic authentication. Write the password as $${NAME} to keep it secret.")
  private @Nullable String user;

  @Option(
      names = {"-n", "--netrc"},
      description = "Basic authentication by ~/.netrc, for requests without Authorization.")
  private boolean netrc;

  @Option(names = "--netrc-file", paramLabel = "FILE", description = "The same by another file.")
  private @Nullable Path netrcFile;

  @Option(
      names = "--token-command",
      paramLabel = "COMMAND",
      description = {
        "A command for sh that prints a token for Authorization: Bearer, or a scheme and a token."
            + " It runs at the start, and once more for all requests when a server answers 401."
      })
  private @Nullable String tokenCommand;

  @Option(
      names = "--rotate-header",
      paramLabel = "'NAME: VALUE'",
      description = {
        "A header whose values requests have in turn, such as 'X-Api-Key: $${KEY1}'; again for each"
            + " value. Each has its own --per-host, server limits and pauses."
      })
  private List<String> rotated = new ArrayList<>();

  @Option(
      names = "--cost",
      paramLabel = "NAME=/POINTER",
      converter = CostPointer.Converter.class,
      description = {
        "--cost tokens=/max_tokens reads the most that a request takes of a budget from its body"
            + " (JSON Pointer)."
      })
  private List<CostPointer> costs = new ArrayList<>();

  @Option(
      names = "--settle",
      paramLabel = "NAME=/POINTER",
      converter = CostPointer.Converter.class,
      description = {
        "--settle tokens=/usage/total_tokens reads what it took in fact from the response."
      })
  private List<CostPointer> settled = new ArrayList<>();

  /** Made by picocli. */
  public RequestOptions() {}

  /** The headers, as they are given. */
  public List<String> headers() {
    return headers;
  }

  /** The file with more of them, if there is one. */
  public Optional<Path> headerFile() {
    return Optional.ofNullable(headerFile);
  }

  /** The user and password, if they are given. */
  public Optional<String> user() {
    return Optional.ofNullable(user);
  }

  /** The file that says who to be to hosts, if there is one. */
  public Optional<Path> netrc() {
    return Optional.ofNullable(netrcFile)
        .or(() ->
            netrc
                ? Optional.of(Path.of(System.getProperty("user.home"), ".netrc"))
                : Optional.empty());
  }

  /** The command that prints tokens, if there is one. */
  public Optional<String> tokenCommand() {
    return Optional.ofNullable(tokenCommand);
  }

  /** The values that a header has in turn, with its name. */
  public List<String> rotated() {
    return rotated;
  }

  /** Whether something other than a header is what servers know callers by. */
  public boolean authorizes() {
    return tokenCommand != null || !rotated.isEmpty() || netrc || netrcFile != null;
  }

  /** Where costs stand in requests. */
  public List<CostPointer> costs() {
    return costs;
  }

  /** Where costs stand in responses. */
  public List<CostPointer> settled() {
    return settled;
  }

  /** Of these budgets, those of which neither requests nor responses say what is taken. */
  public List<String> unmeasured(Set<String> budgets) {
    return budgets.stream()
        .filter(budget ->
            Stream.concat(costs.stream(), settled.stream())
                .noneMatch(pointer -> pointer.budget().equals(budget)))
        .sorted()
        .toList();
  }

  /**
   * Checks that what requests cost is limited.
   *
   * @param budgets the names of the budgets
   * @throws UsageException if something is not
   */
  public void check(Set<String> budgets) {
    Stream.concat(costs.stream(), settled.stream())
        .map(CostPointer::budget)
        .filter(budget -> !budgets.contains(budget))
        .findFirst()
        .ifPresent(budget -> {
          throw new UsageException(
              "there is no budget " + budget + ": give it one with --budget " + budget + "=RATE");
        });
  }
}
