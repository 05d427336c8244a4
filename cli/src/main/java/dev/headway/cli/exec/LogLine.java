package dev.headway.cli.exec;

import dev.headway.Outcome;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is put down of a command. */
final class LogLine {

  private LogLine() {}

  static Map<String, @Nullable Object> of(Outcome<Job, Ending> outcome, Ending ending) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("id", outcome.item().line().number());
    line.put("input", outcome.item().line().text());
    line.put("status", ending.status().isPresent() ? ending.status().getAsInt() : null);
    line.put("attempts", outcome.attempts());
    line.put("waitedMs", outcome.timing().waited().toMillis());
    line.put("tookMs", outcome.timing().took().toMillis());
    ending.why().ifPresent(why -> line.put("error", why));
    return line;
  }
}
