package dev.headway.cli.option;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say that responses have more pages. */
public final class PageOptions {

  private static final int USUAL = 100;

  @Option(
      names = "--next",
      paramLabel = "WHERE",
      converter = NextPage.Converter.class,
      description = {
        "Fetch all pages of a response. Where it says what the next one is: link (the field Link"
            + " with rel=next), /POINTER to a URL in its JSON, or PARAMETER=/POINTER to a value for"
            + " the query, such as cursor=/meta/next. The result has bodies rather than body."
      })
  private @Nullable NextPage next;

  @Option(
      names = "--max-pages",
      paramLabel = "N",
      description = "With --next: at most N pages of a request. Default: 100.")
  private @Nullable Integer most;

  /** Made by picocli. */
  public PageOptions() {}

  /** Where a response says what its next page is, if all are fetched. */
  public Optional<NextPage> next() {
    return Optional.ofNullable(next);
  }

  /**
   * How many pages of a request are fetched.
   *
   * @param output where bodies go
   * @throws UsageException if that is no number of pages, or there are none
   */
  public int most(FetchOutputOptions output) {
    if (most != null && next == null) {
      throw new UsageException("--max-pages needs --next");
    }
    if (most != null && most < 1) {
      throw new UsageException("--max-pages: " + most + " is too few; write 1 or more");
    }
    if (next != null && output.bodies().isPresent()) {
      throw new UsageException("--next and --bodies contradict each other: pages are in results");
    }
    return most == null ? USUAL : most;
  }
}
