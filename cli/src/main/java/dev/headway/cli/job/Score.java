package dev.headway.cli.job;

import dev.headway.cli.model.Money;
import dev.headway.cli.text.DurationFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far a run has come.
 *
 * @param total how much there is to do, if that is known
 * @param before how much had been done by earlier runs
 * @param succeeded how much has gone well in all
 * @param failed how much has failed in all
 * @param again how many attempts were repeated
 * @param elapsed since the run began
 * @param serverWait what a server has asked for, if it has and that is not over
 * @param money what it costs, if that is known
 */
record Score(
    OptionalLong total,
    long before,
    long succeeded,
    long failed,
    long again,
    Duration elapsed,
    Optional<Wait> serverWait,
    Optional<Money> money) {

  /** How many characters a bar has. */
  private static final int BAR = 20;

  /**
   * A wait that a server has asked for.
   *
   * @param until when it ends
   * @param past how long it has lasted
   * @param left how long it still lasts
   */
  record Wait(Instant until, Duration past, Duration left) {}

  /** That of a run that costs nothing. */
  Score(
      OptionalLong total,
      long before,
      long succeeded,
      long failed,
      long again,
      Duration elapsed,
      Optional<Wait> serverWait) {
    this(total, before, succeeded, failed, again, elapsed, serverWait, Optional.empty());
  }

  long finished() {
    return succeeded + failed;
  }

  private String done() {
    String all = total.isPresent() ? " of " + total.getAsLong() : "";
    return finished() + all + " done";
  }

  private double perSecond() {
    return elapsed.isZero() ? 0 : (finished() - before) * 1e9 / elapsed.toNanos();
  }

  private Optional<Duration> left() {
    if (total.isEmpty() || finished() == before || total.getAsLong() < finished()) {
      return Optional.empty();
    }
    // A wait stops the clock by which the rest is estimated, and what is left of it comes on top.
    Duration working = serverWait.map(present -> elapsed.minus(present.past())).orElse(elapsed);
    double nanosEach = (double) working.toNanos() / (finished() - before);
    Duration rest = Duration.ofNanos((long) (nanosEach * (total.getAsLong() - finished())));
    return Optional.of(rest.plus(serverWait.map(Wait::left).orElse(Duration.ZERO)));
  }

  /** Such as {@code , waiting until 12:00:05}; empty where no server asks for a wait. */
  private String waiting() {
    return serverWait
        .map(present -> ", waiting until " + DurationFormat.instant(present.until(), Instant.now()))
        .orElse("");
  }

  /** Such as {@code , 2 failed, 40.0/s, 5 s left, 0.42 spent, 31.70 in all}. */
  private String pace() {
    return String.format(Locale.ROOT, ", %d failed, %.1f/s", failed(), perSecond())
        + left().map(left -> ", " + DurationFormat.of(left) + " left").orElse("")
        + money.map(sum -> ", " + sum).orElse("");
  }

  /** Such as {@code 120 of 300 done, 2 failed, 40.0/s, 5 s left}. */
  String line() {
    return done() + pace() + waiting();
  }

  /**
   * A bar if the total is known, and the line, where a wait comes first, cut to so many characters.
   */
  String bar(int width) {
    String text = done() + waiting() + pace();
    if (total.isPresent() && total.getAsLong() > 0) {
      double part = Math.min(1, (double) finished() / total.getAsLong());
      int marks = (int) (part * BAR);
      String head = marks < BAR ? ">" : "";
      String bar = "=".repeat(marks) + head + " ".repeat(BAR - marks - head.length());
      text = String.format(Locale.ROOT, "[%s] %3.0f %% ", bar, Math.floor(100 * part)) + text;
    }
    return text.substring(0, Math.min(text.length(), Math.max(0, width)));
  }

  /** Such as {@code 300 of 300 done in 7.2 s: 298 succeeded, 2 failed, 4 retries}. */
  String summary() {
    StringBuilder text =
        new StringBuilder().append(done()).append(" in ").append(DurationFormat.of(elapsed));
    text.append(before > 0 ? ", " + before + " of them before" : "").append(": ");
    text.append(succeeded).append(" succeeded, ").append(failed).append(" failed");
    if (again > 0) {
      text.append(", ").append(again).append(again == 1 ? " retry" : " retries");
    }
    money.ifPresent(sum -> text.append(", ").append(Money.amount(sum.spent())).append(" spent"));
    return text.toString();
  }
}
