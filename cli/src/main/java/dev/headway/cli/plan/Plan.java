package dev.headway.cli.plan;

import dev.headway.cli.option.InFlightLimit;
import dev.headway.cli.option.RequestLimits;
import dev.headway.limit.Rule;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A simulated run, and, of the same requests at the same time, one more for each limit: without it,
 * or with twice as many at once. So nothing has to be read twice or kept.
 */
final class Plan {

  private final RequestLimits limits;
  private final PlanTotals tally = new PlanTotals();
  private final PlanTimeline timeline = new PlanTimeline();
  private final Simulation simulation;
  private final List<Variation> variations = new ArrayList<>();

  /**
   * The run with one limit changed.
   *
   * @param limit the name of the limit
   * @param change what is different, in words
   * @param tally how it went
   */
  record Variation(String limit, String change, PlanTotals tally, Simulation simulation) {}

  /**
   * A plan of a run that has not begun.
   *
   * @param listeners hear of the run itself
   * @throws IllegalArgumentException if the limits make no sense
   */
  Plan(RequestLimits limits, PlanListener... listeners) {
    this.limits = limits;
    List<PlanListener> all = new ArrayList<>(List.of(tally, timeline));
    all.addAll(List.of(listeners));
    this.simulation =
        new Simulation(rules(limits.concurrency()), this::hostRules, limits.concurrency(), all);
    List<Rule> rules = rules(limits.concurrency());
    for (int i = 0; i < rules.size(); i++) {
      vary(rules.get(i), i);
    }
    List<Rule> hostRules = hostRules();
    for (int i = 0; i < hostRules.size(); i++) {
      int which = i;
      vary(
          Simulation.hostName(hostRules.get(i)),
          "without it",
          limits.concurrency(),
          rules(limits.concurrency()),
          () -> without(hostRules(), which));
    }
  }

  private void vary(Rule rule, int which) {
    if (rule.limit() instanceof InFlightLimit) {
      int twice = (int) Math.min(Integer.MAX_VALUE, 2L * limits.concurrency());
      vary(Simulation.name(rule), "with " + twice, twice, rules(twice), this::hostRules);
    } else {
      vary(
          Simulation.name(rule),
          "without it",
          limits.concurrency(),
          without(rules(limits.concurrency()), which),
          this::hostRules);
    }
  }

  private void vary(
      String limit, String change, int atOnce, List<Rule> rules, Supplier<List<Rule>> hostRules) {
    PlanTotals varied = new PlanTotals();
    variations.add(
        new Variation(
            limit, change, varied, new Simulation(rules, hostRules, atOnce, List.of(varied))));
  }

  /** The rules for all, as a run would have them, fresh: limits have a memory. */
  private List<Rule> rules(int atOnce) {
    return limits.addTo(Throttle.builder().name("plan"), atOnce).rules();
  }

  private List<Rule> hostRules() {
    ThrottleBuilder throttle = Throttle.builder();
    limits.addHostLimits(throttle);
    return throttle.rules();
  }

  private static List<Rule> without(List<Rule> rules, int which) {
    List<Rule> others = new ArrayList<>(rules);
    others.set(which, rules.get(which).withLimit(new NoLimit()));
    return others;
  }

  /**
   * Adds a request.
   *
   * @param tookNanos how long it will be in flight
   * @throws IllegalArgumentException if it could never start
   */
  void add(Demand demand, long tookNanos) {
    simulation.add(demand, tookNanos);
    variations.forEach(variation -> variation.simulation.add(demand, tookNanos));
  }

  /**
   * Adds equal requests, as {@link #add} does.
   *
   * @param tookNanos how long each will be in flight
   * @throws IllegalArgumentException if they could never start
   */
  void addAlike(Demand demand, long tookNanos, long count) {
    simulation.addAlike(demand, tookNanos, count);
    variations.forEach(variation -> variation.simulation.addAlike(demand, tookNanos, count));
  }

  /** Lets all that was added end. */
  void finish() {
    simulation.finish();
    variations.forEach(variation -> variation.simulation.finish());
  }

  /** How the run went. */
  PlanTotals tally() {
    return tally;
  }

  /** What happened when. */
  PlanTimeline timeline() {
    return timeline;
  }

  /** How it would have gone otherwise. */
  List<Variation> variations() {
    return List.copyOf(variations);
  }
}
