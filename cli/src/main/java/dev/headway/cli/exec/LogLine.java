package dev.headway.cli.exec;

import static java.time.temporal.ChronoUnit.MILLIS;

import dev.headway.Outcome;
import dev.headway.cli.resume.Finished;
import dev.headway.cli.resume.Identity;
import dev.headway.cli.text.JsonLines;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The line of {@code --output} about a command. */
final class LogLine {

  /** How items are told apart from run to run. */
  static final Identity<ExecItem> IDENTITY =
      new Identity<>() {
        @Override
        public long key(ExecItem item) {
          return Finished.key(item.line().text());
        }

        @Override
        public OptionalLong number(ExecItem item) {
          return OptionalLong.of(item.id());
        }

        @Override
        public ExecItem numbered(ExecItem item, long number) {
          return new ExecItem(item.number(), item.line(), number);
        }
      };

  private LogLine() {}

  static Map<String, @Nullable Object> of(Outcome<ExecItem, Ending> outcome, Ending ending) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("id", outcome.item().id());
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
