package dev.headway.cli.exec;

import static java.time.temporal.ChronoUnit.MILLIS;

import dev.headway.Outcome;
import dev.headway.cli.resume.Finished;
import dev.headway.cli.text.JsonLines;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The line of {@code --output} about a command. */
final class LogLine {

  private LogLine() {}

  /** Identifies an item, in an earlier run too. */
  static long key(ExecItem job) {
    return Finished.key(job.line().number(), job.line().text());
  }

  static Map<String, @Nullable Object> of(Outcome<ExecItem, Ending> outcome, Ending ending) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("id", outcome.item().line().number());
    line.put("input", outcome.item().line().text());
    line.put("status", ending.status().isPresent() ? ending.status().getAsInt() : null);
    line.put("attempts", outcome.attempts());
    line.put("startedAt", outcome.timing().startedAt().truncatedTo(MILLIS).toString());
    line.put("waitedMs", JsonLines.millis(outcome.timing().waited()));
    line.put("tookMs", JsonLines.millis(outcome.timing().took()));
    ending.why().ifPresent(why -> line.put("error", why));
    return line;
  }
}
