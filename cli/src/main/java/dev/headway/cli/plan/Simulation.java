package dev.headway.cli.plan;

import dev.headway.cli.option.RequestLimits;
import dev.headway.limit.Cost;
import dev.headway.limit.Rule;
import dev.headway.throttle.KeyedThrottle;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A run of requests that are not sent: the very throttle of a real run, in a time that jumps from
 * one event to the next.
 *
 * <p>Requests are added one by one, and each {@link #add} lets time pass until the run would look
 * at the next. Where no host has limits of its own all stand in one line, and it makes no
 * difference how many are in it: then one waits at most. Where hosts have, as many are looked at as
 * {@code fetch} looks at.
 *
 * <p>Equal requests reach a {@link SteadyState}. From then on only the rest is simulated that is no
 * whole cycle, unless there is a listener that must hear of each request.
 *
 * <p>The time between two starts is put down to the limit that was the last to let the second one
 * start. So all such times, and what follows the last start, add up to the whole.
 */
final class Simulation {

  /** What holds up a request that could not even be looked at. */
  static final String LOOK_AHEAD = RequestLimits.LOOK_AHEAD + " looked at ahead";

  private static final long LONGEST = TimeUnit.DAYS.toNanos(365 * 250);

  private final SimulatedTime time = new SimulatedTime();
  private final Throttle all = Throttle.builder().timeSource(time).build();
  private final List<WatchedLimit> allWatched;
  private final @Nullable KeyedThrottle<String> hosts;
  private final Map<String, List<WatchedLimit>> hostWatched = new HashMap<>();
  private final long room;
  private final long longestPeriod;
  private final List<PlanListener> listeners;
  private long inside;
  private long waiting;
  private long lastStart;
  private @Nullable Throwable failure;

  /** Looks for a cycle, if that is worth while. */
  private @Nullable SteadyState steady;

  /** How much longer the run has taken than what was simulated. */
  private long repeatedNanos;

  /**
   * A run that has not begun.
   *
   * @param rules those that hold for all, fresh
   * @param hostRules makes those of a host
   * @param atOnce how many requests may be in flight
   */
  Simulation(
      List<Rule> rules, Supplier<List<Rule>> hostRules, int atOnce, List<PlanListener> listeners) {
    this.listeners = listeners;
    this.room = (long) atOnce + RequestLimits.LOOK_AHEAD;
    this.allWatched =
        rules.stream().map(rule -> new WatchedLimit(name(rule), rule.limit())).toList();
    List<Rule> watched = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      watched.add(rules.get(i).withLimit(allWatched.get(i)));
    }
    all.update(watched, true);
    this.longestPeriod =
        Stream.concat(rules.stream(), hostRules.get().stream())
            .mapToLong(rule -> rule.limit().periodNanos())
            .max()
            .orElse(0);
    this.hosts =
        hostRules.get().isEmpty()
            ? null
            : all.keyed((host, limits) -> watchHost(host, hostRules.get()).forEach(limits::limit));
  }

  /** How a limit is reported. */
  static String name(Rule rule) {
    boolean permits = rule.currency().equals(Cost.PERMITS);
    return (permits ? "" : rule.currency() + " ") + rule.limit();
  }

  /** How a host's limit is reported. */
  static String hostName(Rule rule) {
    return name(rule) + ", a host";
  }

  private List<WatchedLimit> watchHost(String host, List<Rule> rules) {
    List<WatchedLimit> watched =
        rules.stream().map(rule -> new WatchedLimit(hostName(rule), rule.limit())).toList();
    hostWatched.put(host, watched);
    return watched;
  }

  /**
   * Adds a request, when there is room to look at it.
   *
   * @param tookNanos how long it will be in flight
   * @throws IllegalArgumentException if it could never start
   */
  @SuppressWarnings("FutureReturnValueIgnored") // how it ends is told to what is done then
  void add(Demand demand, long tookNanos) {
    while (hosts == null ? waiting > 0 : inside >= room) {
      step();
    }
    inside++;
    waiting++;
    Throttle throttle = hosts == null ? all : hosts.get(demand.host());
    throttle
        .acquireAsync(demand.cost())
        .whenComplete((permit, refused) -> granted(demand, tookNanos, permit, refused));
  }

  /**
   * Adds equal requests. What the run only repeats is not simulated.
   *
   * @param tookNanos how long each will be in flight
   * @throws IllegalArgumentException if they could never start
   */
  void addAlike(Demand demand, long tookNanos, long count) {
    SteadyState detector = new SteadyState(memoryNanos(tookNanos));
    List<CycleListener> hearing =
        listeners.stream()
            .filter(CycleListener.class::isInstance)
            .map(CycleListener.class::cast)
            .toList();
    steady = hearing.size() == listeners.size() ? detector : null;
    for (long left = count; left > 0; left--) {
      add(demand, tookNanos);
      while (hosts == null && waiting > 0 && left > 1) {
        step();
      }
      Optional<Cycle> cycle =
          steady == null ? Optional.empty() : detector.find(() -> state(demand));
      if (cycle.isPresent()) {
        long times = (left - 1) / cycle.get().size();
        left -= times * cycle.get().size();
        repeat(cycle.get(), times);
        hearing.forEach(listener -> listener.repeated(cycle.get(), tookNanos, times));
        steady = null;
      }
    }
  }

  /** Twice as long as any limit remembers a start, to be sure. */
  private long memoryNanos(long tookNanos) {
    return longestPeriod > LONGEST / 4 || tookNanos > LONGEST / 4
        ? LONGEST
        : 2 * (longestPeriod + tookNanos);
  }

  private Stream<WatchedLimit> watched(Demand demand) {
    return Stream.concat(
        allWatched.stream(), hostWatched.getOrDefault(demand.host(), List.of()).stream());
  }

  private long[] state(Demand demand) {
    long now = time.nanoTime();
    return LongStream.concat(
            LongStream.of(now - lastStart, inside, waiting),
            watched(demand).flatMapToLong(limit -> limit.state(now)))
        .toArray();
  }

  private void repeat(Cycle cycle, long times) {
    long room = LONGEST - time.nanoTime();
    if (cycle.nanos() > 0 && times > room / cycle.nanos()) {
      throw tooLong();
    }
    repeatedNanos = times * cycle.nanos();
  }

  private static IllegalArgumentException tooLong() {
    return new IllegalArgumentException("it would take longer than 250 years");
  }

  /** Lets all that was added end. */
  void finish() {
    while (inside > 0) {
      step();
    }
  }

  private void step() {
    boolean stepped = time.step();
    switch (failure) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case null, default -> {
        if (!stepped) {
          throw new IllegalStateException("a simulated run came to a stop", failure);
        }
      }
    }
  }

  /** Keeps what goes wrong, since a future keeps it to itself. */
  private void granted(Demand demand, long tookNanos, Permit permit, @Nullable Throwable refused) {
    try {
      if (refused == null) {
        start(demand, tookNanos, permit);
      } else {
        failure = refused;
      }
    } catch (RuntimeException | Error e) {
      failure = e;
    }
  }

  private void start(Demand demand, long tookNanos, Permit permit) {
    long now = time.nanoTime();
    waiting--;
    String heldBy = heldBy(demand, now);
    for (PlanListener listener : listeners) {
      listener.started(demand, repeatedNanos + now, now - lastStart, heldBy);
    }
    if (steady != null) {
      steady.started(now, heldBy);
    }
    lastStart = now;
    if (tookNanos > LONGEST - repeatedNanos - now) {
      throw tooLong();
    }
    time.schedule(now + tookNanos, () -> end(demand, tookNanos, permit));
  }

  private void end(Demand demand, long tookNanos, Permit permit) {
    inside--;
    long now = time.nanoTime();
    permit.close();
    for (PlanListener listener : listeners) {
      listener.ended(demand, repeatedNanos + now, tookNanos);
    }
  }

  /** The limit that was the last to let a request start that starts now. */
  private String heldBy(Demand demand, long now) {
    List<WatchedLimit> ofHost =
        hosts == null ? List.of() : hostWatched.getOrDefault(demand.host(), List.of());
    WatchedLimit last = lastOf(ofHost, lastOf(allWatched, null));
    allWatched.forEach(WatchedLimit::forget);
    ofHost.forEach(WatchedLimit::forget);
    if (now == lastStart) {
      return "";
    }
    return last == null ? LOOK_AHEAD : last.name();
  }

  private static @Nullable WatchedLimit lastOf(
      List<WatchedLimit> limits, @Nullable WatchedLimit other) {
    WatchedLimit last = other;
    for (WatchedLimit limit : limits) {
      if (limit.readySince() > (last == null ? WatchedLimit.NEVER_HELD : last.readySince())) {
        last = limit;
      }
    }
    return last;
  }
}
