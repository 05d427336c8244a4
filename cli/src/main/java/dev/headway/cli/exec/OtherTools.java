package dev.headway.cli.exec;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Options of xargs and GNU parallel, with what to write instead. */
public final class OtherTools {

  private static final Map<String, String> HERE =
      Map.ofEntries(
          Map.entry("-I", "{} is the place of the line already"),
          Map.entry("-i", "{} is the place of the line already"),
          Map.entry("--replace", "{} is the place of the line already"),
          Map.entry("-n", "each command gets one line"),
          Map.entry("-N", "each command gets one line"),
          Map.entry("-L", "each command gets one line"),
          Map.entry("-m", "each command gets one line"),
          Map.entry("--max-args", "each command gets one line"),
          Map.entry("-d", "write --delimiter for columns, or -0 for lines that end with 0"),
          Map.entry("-E", "end the input where the lines end"),
          Map.entry("-r", "without lines nothing runs; write --rate for a rate"),
          Map.entry("--no-run-if-empty", "without lines nothing runs"),
          Map.entry("-t", "write --dry-run to see the commands"),
          Map.entry("--verbose", "write --dry-run to see the commands"),
          Map.entry("-p", "write --dry-run to see the commands"),
          Map.entry("-k", "write --ordered"),
          Map.entry("--keep-order", "write --ordered"),
          Map.entry("-u", "write --line-buffered"),
          Map.entry("--ungroup", "write --line-buffered"),
          Map.entry("--line-buffer", "write --line-buffered"),
          Map.entry("--lb", "write --line-buffered"),
          Map.entry("--group", "output stays together already"),
          Map.entry("-C", "write --delimiter CHAR"),
          Map.entry("--colsep", "write --delimiter CHAR"),
          Map.entry("--header", "write --csv FILE"),
          Map.entry("--halt", "write --max-failures N"),
          Map.entry("--halt-on-error", "write --max-failures N"),
          Map.entry("--joblog", "write --output FILE"),
          Map.entry("--results", "write --output FILE for what became of each command"),
          Map.entry("--resume-failed", "write --resume --retry-failed"),
          Map.entry("--delay", "write --spacing 1/s, or another rate"),
          Map.entry("--bar", "progress is shown already"),
          Map.entry("--progress", "progress is shown already"),
          Map.entry("--eta", "progress is shown already"),
          Map.entry("--tagstring", "write --tag"),
          Map.entry("--pipe", "commands read nothing here"),
          Map.entry("-X", "each command gets one line"),
          Map.entry("-S", "commands run on this machine alone"),
          Map.entry("--sshlogin", "commands run on this machine alone"),
          Map.entry("-s", "a line is passed on as it is, whatever its length"),
          Map.entry("--max-chars", "a line is passed on as it is, whatever its length"));

  private static final List<String> ARGUMENTS = List.of(":::", "::::", ":::+");

  private OtherTools() {}

  /** The cure for an option of theirs. */
  public static Optional<String> cure(String option) {
    return Optional.ofNullable(HERE.get(option));
  }

  /** The fault of a command that has arguments as GNU parallel takes them, if it has. */
  static Optional<String> fault(List<String> words) {
    return words.stream()
        .filter(ARGUMENTS::contains)
        .findFirst()
        .map(word ->
            "\""
                + word
                + "\" is GNU parallel's; lines come from standard input or --input FILE, such as"
                + " printf '%s\\n' a b | headway exec");
  }
}
