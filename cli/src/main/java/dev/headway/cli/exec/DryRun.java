package dev.headway.cli.exec;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Prints commands, quoted for a shell, rather than run them. */
final class DryRun {

  private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./-]+");

  private DryRun() {}

  /**
   * Prints a line for each item.
   *
   * @throws IOException if it cannot be written
   */
  static void print(Iterator<ExecItem> items, Template template, OutputStream to)
      throws IOException {
    while (items.hasNext()) {
      ExecItem item = items.next();
      to.write((line(item, template) + "\n").getBytes(StandardCharsets.UTF_8));
    }
    to.flush();
  }

  private static String line(ExecItem item, Template template) {
    if (item.line().fault().isPresent()) {
      return "# " + item.line().because(item.line().fault().get());
    }
    try {
      return quoted(template.command(item));
    } catch (IllegalArgumentException e) {
      return "# " + item.line().because(String.valueOf(e.getMessage()));
    }
  }

  private static String quoted(List<String> command) {
    return command.stream()
        .map(word -> PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'")
        .collect(Collectors.joining(" "));
  }
}
