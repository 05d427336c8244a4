package dev.headway.cli.plan;

import dev.headway.cli.plan.PlanTimeline.Step;
import dev.headway.cli.text.DurationFormat;
import dev.headway.cli.text.Marks;
import dev.headway.cli.watch.Picture;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Says how a plan went: in words and marks, or for machines. */
final class PlanReport {

  private static final int MOST_ROWS = 20;
  private static final int FEWEST_MARKS = 10;
  private static final long SECOND = 1_000_000_000;
  private static final long MINUTE = 60 * SECOND;
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

  private final Plan plan;
  private final PlanTotals tally;
  private final Duration warmUp;
  private final Optional<PlanCost> cost;

  /** An account of a plan whose costs are not known. */
  PlanReport(Plan plan, Duration warmUp) {
    this(plan, warmUp, Optional.empty());
  }

  /**
   * An account of a plan that is finished.
   *
   * @param warmUp what comes on top of it until the client is at full speed
   * @param cost what it costs, if that is known
   */
  PlanReport(Plan plan, Duration warmUp, Optional<PlanCost> cost) {
    this.plan = plan;
    this.cost = cost;
    this.warmUp = warmUp;
    this.tally = plan.tally();
  }

  /**
   * For people.
   *
   * @param what what was planned
   * @param now when it could begin
   * @param width how many columns there are
   */
  String text(String what, ZonedDateTime now, int width) {
    return String.join("\n", sum(what, now), waits(), chart(width));
  }

  private String sum(String what, ZonedDateTime now) {
    return said(
        "%d requests, %s%n%n"
            + "  takes %s%s%n"
            + "  begun now, it ends at %s%n%s"
            + "  %.1f a second and %.1f in flight on average, %d in flight at most%n",
        tally.requests(),
        what,
        DurationFormat.closely(takes(tally)),
        warmUp.isZero() ? "" : ", " + DurationFormat.closely(warmUp) + " of it to get going",
        CLOCK.format(now.plus(takes(tally))),
        cost.map(sum -> "  " + sum.text() + "\n").orElse(""),
        perSecond(),
        tally.underWay(),
        tally.mostUnderWay());
  }

  private static String said(String format, Object... values) {
    return String.format(Locale.ROOT, format.replace("%n", "\n"), values);
  }

  private Duration takes(PlanTotals run) {
    return warmUp.plusNanos(run.nanos());
  }

  private double seconds(PlanTotals run) {
    return takes(run).toNanos() / 1e9;
  }

  private double perSecond() {
    return takes(tally).isZero() ? 0 : tally.requests() / seconds(tally);
  }

  /** For how much of the time each limit is waited for, and what if it were not. */
  List<Picture.Share> waitsFor() {
    List<Picture.Share> all = new ArrayList<>();
    for (Plan.Variation variation : plan.variations()) {
      String otherwise =
          variation.tally().nanos() == tally.nanos()
              ? "the same"
              : DurationFormat.closely(takes(variation.tally()));
      all.add(
          new Picture.Share(
              variation.limit(),
              tally.share(variation.limit()),
              otherwise + " " + variation.change()));
    }
    if (tally.share(Simulation.LOOK_AHEAD) > 0) {
      all.add(new Picture.Share(Simulation.LOOK_AHEAD, tally.share(Simulation.LOOK_AHEAD), ""));
    }
    all.add(new Picture.Share(PlanTimeline.LAST_ANSWERS, tally.lastAnswers(), ""));
    return all;
  }

  private String waits() {
    List<Picture.Share> all = waitsFor();
    int longest = all.stream().mapToInt(share -> share.limit().length()).max().orElse(0);
    StringBuilder text =
        new StringBuilder("  waits for" + " ".repeat(longest - 5) + "of the time\n");
    for (Picture.Share share : all) {
      String row = "  %-" + longest + "s  %5.1f %%   %s";
      text.append(said(row, share.limit(), 100 * share.share(), share.otherwise()).stripTrailing())
          .append('\n');
    }
    return text.toString();
  }

  /** A row for each step of time: how many start, and what is waited for. */
  private String chart(int width) {
    PlanTimeline.Steps steps = plan.timeline().steps(MOST_ROWS);
    List<String> labels = labels(steps);
    long most = steps.all().stream().mapToLong(Step::starts).max().orElse(1);
    int names = steps.all().stream().mapToInt(step -> step.waitsFor().length()).max().orElse(0);
    int label = labels.stream().mapToInt(String::length).max().orElse(0);
    int number = Long.toString(most).length();
    int marks = Math.max(FEWEST_MARKS, width - 1 - (2 + label + 2 + 1 + number + 2 + names));
    long each = Math.max(1, Math.ceilDiv(most, marks));
    String row = "  %" + label + "s  %-" + (marks + 1 + number) + "s  %s";
    StringBuilder text = new StringBuilder();
    text.append(said("  from, starts (each mark up to %d), waits for%n", each));
    for (int i = 0; i < labels.size(); i++) {
      Step step = steps.all().get(i);
      String bar =
          step.starts() == 0 ? "" : Marks.of("=", step.starts(), each) + " " + step.starts();
      text.append(said(row, labels.get(i), bar, step.waitsFor()).stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private static List<String> labels(PlanTimeline.Steps steps) {
    long whole = steps.all().size() * steps.nanos();
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < steps.all().size(); i++) {
      labels.add(label(i * steps.nanos(), steps.nanos(), whole));
    }
    return labels;
  }

  /** An instant, as exactly as steps need it. */
  private static String label(long nanos, long step, long whole) {
    if (whole <= MINUTE) {
      int digits = step % SECOND == 0 ? 0 : step % (SECOND / 10) == 0 ? 1 : 3;
      return said("%." + digits + "f s", nanos / 1e9);
    }
    Duration at = Duration.ofNanos(nanos);
    return at.toHours() == 0 && whole <= 60 * MINUTE
        ? said("%d:%02d min", at.toMinutes(), at.toSecondsPart())
        : said("%d:%02d h", at.toHours(), at.toMinutesPart());
  }

  /** For machines. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("requests", tally.requests());
    json.put("seconds", seconds(tally));
    json.put("warmUpSeconds", warmUp.toNanos() / 1e9);
    json.put("perSecond", perSecond());
    json.put("underWay", tally.underWay());
    json.put("mostUnderWay", tally.mostUnderWay());
    cost.ifPresent(sum -> sum.addTo(json));
    List<Map<String, Object>> limits = new ArrayList<>();
    for (Plan.Variation variation : plan.variations()) {
      Map<String, Object> limit = new LinkedHashMap<>();
      limit.put("limit", variation.limit());
      limit.put("share", tally.share(variation.limit()));
      limit.put("otherwise", variation.change());
      limit.put("secondsOtherwise", seconds(variation.tally()));
      limits.add(limit);
    }
    json.put("waitsFor", limits);
    json.put("lastAnswers", tally.lastAnswers());
    return json;
  }
}
