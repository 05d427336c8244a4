package dev.headway.bench.exact;

import dev.headway.bench.Effort;
import dev.headway.bench.Part;
import dev.headway.bench.peers.Limiters;
import dev.headway.bench.report.Guard;
import dev.headway.bench.report.Report;
import dev.headway.bench.report.Table;
import dev.headway.bench.report.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Measures how exactly rates are kept, and how late grants are. */
public final class Exact implements Part {

  private static final int[] RATES = {100, 1_000, 10_000, 100_000};
  private static final int MOST_CALLERS = 2_000;
  private static final int[] CALLERS = {1, 50, MOST_CALLERS};
  private static final int PEERS_CALLERS = 50;

  private static final int QUICK_RATE = 1_000;
  private static final int QUICK_CALLERS = 50;
  private static final int QUICK_TRIES = 3;

  @Override
  public String name() {
    return "exact";
  }

  @Override
  public boolean quick() {
    return true;
  }

  @Override
  public Report run(Effort effort, Consumer<String> progress) {
    try {
      warmUp();
      return effort == Effort.FULL ? full(progress) : quick(progress);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while measuring", e);
    }
  }

  private static void warmUp() throws InterruptedException {
    for (Rule rule : Rule.values()) {
      Callers.ask(() -> rule.at(10_000), QUICK_CALLERS, Duration.ofSeconds(2));
      Callers.ask(() -> rule.at(10_000), MOST_CALLERS, Duration.ofSeconds(2));
    }
  }

  private static Report full(Consumer<String> progress) throws InterruptedException {
    Duration howLong = Duration.ofSeconds(3);
    Report report =
        new Report(
            "exact",
            "How exactly a rate is kept",
            "For three seconds virtual threads acquire, note System.nanoTime() while they hold the"
                + " permit, close it and start again. The fullest window is the most grants in any"
                + " interval of a second; the share is in percent of the rate.",
            "Lateness is the time from the instant at which a grant is allowed to the instant at"
                + " which its caller resumes. A grant is allowed when its caller has asked and the"
                + " limits allow it, given the grants before it: counted from the start, one period"
                + " after the grant that it replaces, as that caller saw it; counted from the end,"
                + " one period after that caller was about to close; spaced, one interval after the"
                + " last grant. A grant that is early by this measure counts as 0. The period is"
                + " one second. The longest lateness is also that of a grant that was due at the"
                + " end. A stall is the longest time for which the machine kept a sleeping thread"
                + " from waking up; after a stall of more than 20 ms the row is measured again, up"
                + " to four times.",
            "Where the process used 90 % of all processors or more, lateness includes the wait for"
                + " a processor; such a row is marked and does not count. Neither does a row in"
                + " which the machine stalled every time.");
    Map<Rule, List<Exactness>> all = new EnumMap<>(Rule.class);
    for (Rule rule : Rule.values()) {
      Table table = table("Headway, " + rule.title, rule);
      for (int perSecond : RATES) {
        for (int callers : CALLERS) {
          progress.accept(rule.title + ", " + perSecond + "/s, callers: " + callers);
          Exactness exactness = ours(rule, perSecond, callers, howLong);
          add(table, rule, perSecond, callers, exactness);
          all.computeIfAbsent(rule, one -> new ArrayList<>()).add(exactness);
        }
      }
      report.add(table);
    }
    report.add(peers(howLong, progress));
    judge(report, all);
    if (report.verdicts().stream().anyMatch(verdict -> !verdict.met())) {
      progress.accept("profile");
      report.add(BurstProfile.table());
    }
    return report;
  }

  private static void judge(Report report, Map<Rule, List<Exactness>> all) {
    double mean = 0;
    double percentile99 = 0;
    for (Map.Entry<Rule, List<Exactness>> entry : all.entrySet()) {
      double fullest = 0;
      for (Exactness exactness : entry.getValue()) {
        fullest = Math.max(fullest, exactness.fullest());
        if (exactness.remark().isEmpty()) {
          mean = Math.max(mean, exactness.meanPercent());
          percentile99 = Math.max(percentile99, exactness.percentile99Millis());
        }
      }
      report.judge(entry.getKey().fullest, fullest);
    }
    report.judge(Target.LATENESS_MEAN, mean);
    report.judge(Target.LATENESS_P99, percentile99);
  }

  private static Report quick(Consumer<String> progress) throws InterruptedException {
    Report report = new Report("exact", "How exactly a rate is kept");
    double fullestFromEnd = 0;
    double fullest = 0;
    double mean = 0;
    Table table = table("Headway, the best of " + QUICK_TRIES + " tries", Rule.FROM_START);
    for (Rule rule : Rule.values()) {
      progress.accept(rule.title + ", " + QUICK_RATE + "/s, callers: " + QUICK_CALLERS);
      Exactness best = null;
      for (int i = 0; i < QUICK_TRIES && (best == null || !tolerable(best)); i++) {
        Exactness next = ours(rule, QUICK_RATE, QUICK_CALLERS, Duration.ofSeconds(3));
        best = best == null || next.meanMillis() < best.meanMillis() ? next : best;
      }
      if (best != null) {
        table.add(row(rule.title + ", " + QUICK_RATE, QUICK_CALLERS, best).toArray());
        if (rule == Rule.FROM_END) {
          fullestFromEnd = best.fullest();
        } else {
          fullest = Math.max(fullest, best.fullest());
        }
        mean = Math.max(mean, best.meanPercent());
      }
    }
    report.add(table);
    report.check(Guard.FULLEST_FROM_END, fullestFromEnd);
    report.check(Guard.FULLEST, fullest);
    report.check(Guard.LATENESS, mean);
    return report;
  }

  private static boolean tolerable(Exactness exactness) {
    return Guard.FULLEST.tolerates(exactness.fullest())
        && Guard.LATENESS.tolerates(exactness.meanPercent());
  }

  private static Exactness ours(Rule rule, int perSecond, int callers, Duration howLong)
      throws InterruptedException {
    Callers.Seen seen = Callers.ask(() -> rule.at(perSecond), callers, howLong);
    return Exactness.of(seen, perSecond, howLong, rule.lateness(seen.grants(), perSecond));
  }

  private static Table table(String title, Rule rule) {
    List<String> columns =
        new ArrayList<>(
            List.of(
                "a second",
                "callers",
                "fullest window %",
                "share %",
                "mean lateness ms",
                "% of the period",
                "99th percentile ms",
                "longest ms",
                "stall ms",
                "processors %"));
    if (rule == Rule.SPACING) {
      columns.add("smallest gap % of the interval");
    }
    columns.add("");
    return new Table(title, columns, new ArrayList<>());
  }

  private static void add(Table table, Rule rule, int perSecond, int callers, Exactness exactness) {
    List<Object> row = row(perSecond, callers, exactness);
    if (rule == Rule.SPACING) {
      row.add(row.size() - 1, exactness.smallestGap());
    }
    table.add(row.toArray());
  }

  private static List<Object> row(Object first, int callers, Exactness exactness) {
    return new ArrayList<>(
        List.of(
            first,
            callers,
            exactness.fullest(),
            exactness.share(),
            exactness.meanMillis(),
            exactness.meanPercent(),
            exactness.percentile99Millis(),
            exactness.longestMillis(),
            exactness.stallMillis(),
            exactness.processors(),
            exactness.remark()));
  }

  private static Table peers(Duration howLong, Consumer<String> progress)
      throws InterruptedException {
    Map<String, Limiters.Kind> peers = new LinkedHashMap<>();
    peers.put("Guava", Limiters::guava);
    peers.put("Bucket4j, greedy", Limiters::bucket4jGreedy);
    peers.put("Bucket4j, intervally", Limiters::bucket4jIntervally);
    peers.put("Resilience4j", Limiters::resilience4j);
    peers.put("Failsafe, bursty", Limiters::failsafeBursty);
    peers.put("Failsafe, smooth", Limiters::failsafeSmooth);

    Table table =
        new Table(
            "Peers, callers: " + PEERS_CALLERS,
            "peer",
            "a second",
            "fullest window %",
            "share %",
            "stall ms",
            "processors %");
    for (Map.Entry<String, Limiters.Kind> peer : peers.entrySet()) {
      for (int perSecond : RATES) {
        progress.accept(peer.getKey() + ", " + perSecond + "/s");
        Exactness exactness =
            Exactness.of(
                Callers.ask(() -> peer.getValue().at(perSecond), PEERS_CALLERS, howLong),
                perSecond,
                howLong);
        table.add(
            peer.getKey(),
            perSecond,
            exactness.fullest(),
            exactness.share(),
            exactness.stallMillis(),
            exactness.processors());
      }
    }
    return table;
  }
}
