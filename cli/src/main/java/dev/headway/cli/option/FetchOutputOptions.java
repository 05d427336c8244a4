package dev.headway.cli.option;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@code fetch} that say where results and bodies go. */
public final class FetchOutputOptions extends OutputOptions {

  private static final int USUAL_BODY_MIB = 16;
  private static final int LARGEST_BODY_MIB = 1_024;

  @Option(
      names = "--bodies",
      paramLabel = "DIR",
      description = {
        "Write the body of each response to a file of its own, named by the line's number and id."
            + " The result has its path (bodyFile). It is saved as received."
      })
  private @Nullable Path bodies;

  @Option(
      names = "--decode",
      description = "With --bodies: ask for compressed bodies, and save them decoded.")
  private boolean decode;

  @Option(
      names = "--output-format",
      paramLabel = "FORMAT",
      description = {
        "jsonl: one JSON object for each result; csv: a table, which --resume cannot continue;"
            + " openai-batch: the lines of the output and error files of OpenAI's Batch API."
            + " Default: jsonl."
      })
  private OutputFormat format = OutputFormat.JSONL;

  @Option(
      names = "--select",
      paramLabel = "[NAME=]/POINTER",
      hideParamSyntax = true,
      converter = Selection.Converter.class,
      description = {
        "Rather than the body, write this part of a JSON response (JSON Pointer), such as"
            + " answer=/choices/0/message/content: in selected, or with csv in a column. Again for"
            + " more."
      })
  private List<Selection> selections = List.of();

  @Option(
      names = "--headers",
      paramLabel = "none|NAME,...",
      split = ",",
      description = {"The headers of responses that results have. Default: all but Set-Cookie."})
  private List<String> headers = List.of();

  @Option(
      names = "--max-body",
      paramLabel = "MIB",
      description = {
        "Fail a request whose response is longer, in MiB. Default: 16; with --bodies any length."
      })
  private @Nullable Integer maxBodyMib;

  /** Made by picocli. */
  public FetchOutputOptions() {}

  /** The folder for bodies, if there is one. */
  public Optional<Path> bodies() {
    return Optional.ofNullable(bodies);
  }

  /** How results are written. */
  public OutputFormat format() {
    return format;
  }

  /** The parts of JSON responses that results have rather than bodies. */
  public List<Selection> selections() {
    return selections;
  }

  /** Whether the headers that results have are chosen. */
  public boolean writesHeaders() {
    return !headers.isEmpty();
  }

  @Override
  public boolean isResumable() {
    return format.isResumable();
  }

  /**
   * Checks that selected parts have names of their own.
   *
   * @param taken the names that they cannot have
   * @throws UsageException if they do not
   */
  public void checkSelections(Set<String> taken) {
    if (format == OutputFormat.OPENAI_BATCH && (bodies != null || !selections.isEmpty())) {
      throw new UsageException(
          "--output-format openai-batch has whole bodies: write neither --bodies nor --select");
    }
    Set<String> names = new HashSet<>(taken);
    for (Selection selection : selections) {
      if (!names.add(selection.name())) {
        throw new UsageException(
            "--select: \""
                + selection.name()
                + "\" is the name of another field: write NAME=/POINTER with another name");
      }
    }
  }

  /** Says by its name whether a header of a response is written. */
  public Predicate<String> headers() {
    return headers.isEmpty()
        ? name -> !name.equalsIgnoreCase("Set-Cookie")
        : name -> headers.stream().anyMatch(name::equalsIgnoreCase);
  }

  /**
   * Whether compressed bodies are asked for and decoded, as they are where they are in results.
   *
   * @throws UsageException if it is said of bodies that are decoded anyway
   */
  public boolean decodes() {
    if (decode && bodies == null) {
      throw new UsageException("--decode is for --bodies: bodies in results are always decoded");
    }
    return decode || bodies == null;
  }

  /**
   * How many bytes a body may have.
   *
   * @throws UsageException if the number that is given is out of range
   */
  public long maxBody() {
    if (maxBodyMib != null && (maxBodyMib < 1 || maxBodyMib > LARGEST_BODY_MIB)) {
      throw new UsageException(
          "--max-body: " + maxBodyMib + " is out of range; write 1 to " + LARGEST_BODY_MIB);
    }
    long otherwise = bodies == null ? USUAL_BODY_MIB : Long.MAX_VALUE >> 20;
    return (maxBodyMib == null ? otherwise : maxBodyMib) << 20;
  }
}
