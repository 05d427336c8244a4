package dev.headway.distributed;

import dev.headway.limit.Concurrency;
import dev.headway.limit.Cost;
import dev.headway.limit.Limit;
import dev.headway.limit.Rule;
import dev.headway.limit.SlidingWindow;
import dev.headway.limit.Spacing;
import dev.headway.throttle.spi.CostSum;
import dev.headway.throttle.spi.QueueAccess;
import dev.headway.throttle.spi.RemoteLimits;
import dev.headway.throttle.spi.RemoteSnapshot;
import dev.headway.throttle.spi.WaitingCaller;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Rules that a store decides on for many processes, and rules of this process beside them. Used
 * under the queue's lock.
 *
 * <p>This is the member's side. A grant of the store is an allowance, which waiting callers use at
 * once, in order; a later caller finds none and queues. For the store, a granted permit is held
 * until its caller resumes; its window starts then, so windows hold however late the response and
 * the wake-up are. The next request reports starts and ends to the store. {@link StoreClient} sends
 * the requests.
 */
final class SharedLimits extends RemoteLimits {

  /** The maximum of callers in one request. */
  private static final int MOST_ASKED_FOR = 512;

  /** How long ends are held back while no caller is known to wait for them. */
  private static final long LINGER = 1_000_000;

  /** How long starts are held back. */
  private static final long LONGEST_LINGER = 50_000_000;

  private List<Rule> shared;

  /** The currencies of requests, permits first. */
  private List<String> currencies = List.of();

  /** The version of the shared rules; 0 before the store has given it one. */
  private long version;

  /** Whether these rules replace those of the store. */
  private boolean newest = true;

  /** Whether the next request must have the rules. */
  private boolean untold = true;

  private final CostSum allowance = new CostSum();

  /** Permits granted ahead go back after this long without use. */
  private static final long AHEAD_FOR = 2_000_000;

  private static final long MOST_AHEAD = 32;

  /** The number of permits to grant ahead. */
  private long ahead;

  /** When a permit was last taken, or granted. */
  private long takenAt = Long.MIN_VALUE / 2;

  private final CostSum unstarted = new CostSum();
  private final CostSum held = new CostSum();
  private final EventBatches report = new EventBatches();
  private long startsLinger;
  private long endsLinger;

  /** When the first waiting caller has to ask. */
  private long askAt = Long.MIN_VALUE;

  private @Nullable WaitingCaller toldTo;
  private boolean othersWait;

  /** When the grants lapse. */
  private long trustedUntil = Long.MIN_VALUE;

  private final long leaseNanos;
  private final @Nullable FallbackLimits share;
  private boolean alone;

  /** The caller of the last request. */
  private List<WaitingCaller> askedFor = List.of();

  private String epoch = "";
  private long calls;
  private long seen;

  private boolean changed;
  private final String limit;
  private final SharedSettings settings;
  private @Nullable StoreClient correspondence;

  SharedLimits(String limit, List<Rule> rules, SharedSettings settings) {
    super(rules.stream().filter(rule -> !RuleCodec.canShare(rule)).toList());
    this.limit = limit;
    this.settings = settings;
    this.shared = rules.stream().filter(RuleCodec::canShare).toList();
    this.leaseNanos = settings.lease().toNanos();
    this.share =
        settings.localShare() == 0 ? null : new FallbackLimits(settings.localShare(), shared);
    sharedRulesChanged();
  }

  private void sharedRulesChanged() {
    Stream<String> budgets =
        shared.stream()
            .map(Rule::currency)
            .filter(c -> !c.equals(Cost.PERMITS))
            .distinct()
            .sorted();
    currencies = Stream.concat(Stream.of(Cost.PERMITS), budgets).toList();
    startsLinger = LONGEST_LINGER;
    endsLinger = LONGEST_LINGER;
    for (Rule rule : shared) {
      long span =
          switch (rule.limit()) {
            case SlidingWindow window -> window.periodNanos();
            case Spacing spacing -> spacing.rate().interval().toNanos();
            default -> TimeSource.NEVER;
          };
      startsLinger = Math.min(startsLinger, span / 8);
      endsLinger = Math.min(endsLinger, rule.limit() instanceof Concurrency ? LINGER : span / 8);
    }
    rememberFor(longestPeriod());
  }

  @Override
  public void connect(QueueAccess queue) {
    correspondence = new StoreClient(queue, this, limit, settings);
  }

  private StoreClient correspondence() {
    return Objects.requireNonNull(correspondence);
  }

  @Override
  public RemoteLimits child(String key) {
    return new SharedLimits(limit + "/" + key, List.of(), settings);
  }

  @Override
  public void afterChange() {
    correspondence().attend();
  }

  @Override
  public Duration timeout() {
    return settings.timeout();
  }

  @Override
  public boolean isRemote() {
    return shares();
  }

  /** The totals of all processes, from the store. */
  @Override
  public RemoteSnapshot remoteSnapshot() {
    StoreResponse.Totals all = correspondence().hear().totals().orElseThrow();
    return new RemoteSnapshot(
        all.waiting(),
        all.running(),
        all.available(),
        all.untilNextStart(),
        all.idle(),
        all.granted(),
        all.refused(),
        all.abandoned(),
        all.waited());
  }

  @Override
  public void confirmUpdate() {
    if (isKnown()) {
      correspondence().hear();
    }
  }

  /** Ends the sharing of limits. */
  @Override
  public void close() {
    settings.wakes().close();
    settings.store().close();
  }

  /** Whether any rule is shared. */
  boolean shares() {
    return !shared.isEmpty();
  }

  @Override
  public List<Rule> rules() {
    List<Rule> all = new ArrayList<>(shared);
    all.addAll(super.rules());
    return List.copyOf(all);
  }

  @Override
  public long longestPeriod() {
    long longest = super.longestPeriod();
    for (Rule rule : shared) {
      longest = Math.max(longest, rule.limit().periodNanos());
    }
    return longest;
  }

  @Override
  public long readyAt(long now, Cost cost) {
    long ready = super.readyAt(now, cost);
    if (ready > now || !shares()) {
      return ready;
    }
    if (alone && share != null) {
      return Math.max(ready, share.readyAt(now, cost));
    }
    return allowance.covers(cost) && now < trustedUntil ? ready : Limit.NEVER;
  }

  /** Without waiting callers: takes a permit that was granted ahead, if there is one. */
  @Override
  public boolean startIfReady(long now, Cost cost) {
    if (allowance.isZero() || readyAt(now, cost) > now) {
      return false;
    }
    start(now, cost);
    wentOn(now, cost);
    return true;
  }

  @Override
  public void start(long now, Cost cost) {
    super.start(now, cost);
    unstarted.add(cost);
    takenAt = now;
    if (!alone && shares()) {
      allowance.subtract(cost);
    }
    if (share != null) {
      share.start(now, cost);
    }
  }

  @Override
  public void undoStart(long now, Cost cost) {
    super.undoStart(now, cost);
    unstarted.subtract(cost);
    if (!alone && shares()) {
      allowance.add(cost);
    }
    if (share != null) {
      share.undoStart(now, cost);
    }
  }

  @Override
  public void undo(long startedAt, long now, Cost cost) {
    super.undo(startedAt, now, cost);
    unstarted.subtract(cost);
    if (share != null) {
      share.end(startedAt, now, cost);
    }
  }

  @Override
  public void confirm(long startedAt, long now, Cost cost, boolean again) {
    super.confirm(startedAt, now, cost, again);
    if (share != null) {
      share.confirm(startedAt, now, cost, again);
    }
    if (again) {
      report.startedLater(now);
      return;
    }
    wentOn(now, cost);
  }

  private void wentOn(long now, Cost cost) {
    unstarted.subtract(cost);
    held.add(cost);
    if (shares()) {
      report.started(now, cost);
    }
  }

  @Override
  public boolean hasLapsed(long now) {
    return !alone && shares() && now >= trustedUntil;
  }

  @Override
  public void forget(long startedAt, Cost cost) {
    super.forget(startedAt, cost);
    unstarted.subtract(cost);
  }

  @Override
  public @Nullable Throwable end(long startedAt, long arrivedAt, long now, Cost cost) {
    Throwable failure = super.end(startedAt, arrivedAt, now, cost);
    held.subtract(cost);
    if (shares()) {
      report.ended(now, cost);
    }
    if (share != null) {
      share.end(startedAt, now, cost);
    }
    return failure;
  }

  @Override
  public @Nullable Throwable settle(
      long startedAt, long arrivedAt, long now, String budget, long from, long to) {
    Throwable failure = super.settle(startedAt, arrivedAt, now, budget, from, to);
    held.add(budget, to - from);
    if (shares()) {
      report.settled(startedAt, budget, to - from);
    }
    if (share != null) {
      share.settle(startedAt, now, budget, from, to);
    }
    return failure;
  }

  /** When the first waiting caller may start, by these rules alone. */
  @Override
  public long forecast(long now, CostSum ahead, Cost cost) {
    boolean told = !alone && askAt > now && askAt != TimeSource.NEVER;
    long first = Math.max(super.forecast(now, ahead, cost), told ? askAt : now);
    long ready = first;
    for (Rule rule : shared) {
      long amount = cost.amount(rule.currency());
      if (amount > 0) {
        ready = Math.max(ready, rule.limit().forecast(first, ahead.of(rule.currency()), amount));
      }
    }
    return ready;
  }

  /** The store may still allow a cost; a rule of this process alone may never. */
  @Override
  public boolean never(long now, Cost cost) {
    return totals.running == 0 && super.readyAt(now, cost) == Limit.NEVER;
  }

  /**
   * Not supported.
   *
   * @throws UnsupportedOperationException always: other processes may have extended the pause
   */
  @Override
  public void resume() {
    throw new UnsupportedOperationException(
        "a pause of a shared throttle holds in all processes and cannot be ended early");
  }

  @Override
  public void pauseUntil(long instant) {
    super.pauseUntil(instant);
    report.paused(instant);
  }

  @Override
  public boolean idle(long now) {
    return super.idle(now) && report.isEmpty() && unstarted.isZero() && held.isZero();
  }

  @Override
  public void update(long now, List<Rule> changed, boolean dropOthers) {
    List<Rule> own = changed.stream().filter(rule -> !RuleCodec.canShare(rule)).toList();
    List<Rule> others = changed.stream().filter(RuleCodec::canShare).toList();
    super.update(now, own, dropOthers);
    List<Rule> kept = new ArrayList<>(shared);
    kept.removeIf(rule -> dropOthers || others.stream().anyMatch(c -> c.replaces(rule)));
    kept.addAll(others);
    become(now, List.copyOf(kept));
    newest = true;
    untold = true;
  }

  /** A response for a caller that is gone applies to no other. */
  @Override
  @SuppressWarnings("ReferenceEquality") // a caller is itself alone
  public void left(WaitingCaller waiter) {
    if (waiter == toldTo) {
      toldTo = null;
      askAt = Long.MIN_VALUE;
    }
  }

  /** Whether the rules have changed since the last call. */
  @Override
  public boolean haveChanged() {
    boolean were = changed;
    changed = false;
    return were;
  }

  private void become(long now, List<Rule> rules) {
    shared = rules;
    changed = true;
    sharedRulesChanged();
    askAt = Long.MIN_VALUE;
    if (share != null) {
      share.become(now, shared);
    }
  }

  @Override
  public boolean isUndecided(long now) {
    return !alone && shares() && askAt <= now && super.readyAt(now, Cost.one()) <= now;
  }

  /** Whether the store has given the rules a version. */
  boolean isKnown() {
    return version > 0;
  }

  /** When a request is due for waiting callers; NEVER if none is. */
  @SuppressWarnings("ReferenceEquality") // a caller is itself alone
  long askAt(long now, List<? extends WaitingCaller> line) {
    WaitingCaller first = shares() ? firstToAskFor(line) : null;
    if (first == null) {
      return TimeSource.NEVER;
    }
    if (toldTo != first) {
      askAt = Long.MIN_VALUE;
    }
    return Math.max(askAt, super.readyAt(now, first.cost()));
  }

  /** The first waiting caller that the allowance does not cover. */
  private @Nullable WaitingCaller firstToAskFor(List<? extends WaitingCaller> line) {
    CostSum left = allowance.isZero() ? allowance : new CostSum(allowance);
    for (WaitingCaller waiter : line) {
      if (!left.covers(waiter.cost())) {
        return waiter;
      }
      left.subtract(waiter.cost());
    }
    return null;
  }

  /** When events must be sent; NEVER if there are none. */
  long reportAt(List<? extends WaitingCaller> line) {
    if (!shares() && version == 0) {
      return TimeSource.NEVER;
    }
    if (report.isUrgent() || (untold && newest && version > 0)) {
      return Long.MIN_VALUE;
    }
    boolean anybodyWaits = othersWait || !line.isEmpty();
    boolean spare = line.isEmpty() && !allowance.isZero();
    long at = spare ? takenAt + AHEAD_FOR : TimeSource.NEVER;
    if (report.endsSince() != TimeSource.NEVER) {
      at = Math.min(at, report.endsSince() + (anybodyWaits ? 0 : endsLinger));
    }
    if (report.startsSince() != TimeSource.NEVER) {
      long linger = anybodyWaits ? Math.min(LINGER, startsLinger) : startsLinger;
      at = Math.min(at, report.startsSince() + linger);
    }
    return report.givesBack() ? Long.MIN_VALUE : at;
  }

  /** Whether the store has confirmed all events. */
  boolean hasReported() {
    return report.isEmpty();
  }

  /**
   * Whether the store would count this member as dead without a request, or a lost wake-up could
   * leave callers waiting.
   */
  boolean mustBeat(List<? extends WaitingCaller> line) {
    boolean waits = shares() && !line.isEmpty() && askAt == TimeSource.NEVER;
    return waits || (version > 0 && holds());
  }

  private boolean holds() {
    return !unstarted.isZero() || !held.isZero() || !allowance.isZero();
  }

  /** The maximum of callers in the next request; at least the first, who may have to wait here. */
  long mostToAskFor(long now) {
    return Math.clamp(super.available(now), 1, MOST_ASKED_FOR);
  }

  /** The number of callers to check for the next request. */
  long mostToLookAt(long now) {
    return allowance.isZero() ? 1 : mostToAskFor(now);
  }

  @Override
  public long available(long now) {
    long own = super.available(now);
    if (!shares()) {
      return own;
    }
    return Math.min(
        own, alone && share != null ? share.available(now) : allowance.of(Cost.PERMITS));
  }

  /** The next request. */
  StoreRequest ask(
      long now,
      long clock,
      String member,
      long number,
      long elapsed,
      List<? extends WaitingCaller> line,
      boolean peek) {
    CostSum left = new CostSum(allowance);
    CostSum wanted = new CostSum();
    List<Long> demand = new ArrayList<>();
    askedFor = new ArrayList<>();
    List<Long> last = List.of();
    for (WaitingCaller waiter : line) {
      if (askedFor.isEmpty() && left.covers(waiter.cost())) {
        left.subtract(waiter.cost());
        continue;
      }
      askedFor.add(waiter);
      wanted.add(waiter.cost());
      List<Long> cost = currencies.stream().map(waiter.cost()::amount).toList();
      if (cost.equals(last)) {
        int count = demand.size() - 1 - cost.size();
        demand.set(count, demand.get(count) + 1);
      } else {
        demand.add(1L);
        demand.addAll(cost);
        last = cost;
      }
    }
    if (report.seal(totals)) {
      report.giveBack(left);
      allowance.subtract(left);
    }
    CostSum notGoneOn = new CostSum(allowance);
    notGoneOn.add(unstarted);
    notGoneOn.add(report.startsToCome());
    CostSum running = new CostSum(held);
    running.subtract(report.startsToCome());
    running.add(report.endsToCome());
    boolean tell = untold;
    return new StoreRequest(
        clock,
        member,
        number,
        epoch,
        calls,
        elapsed,
        leaseNanos / Microseconds.NANOS,
        version,
        tell ? RuleCodec.of(shared) : "",
        tell && newest,
        report.number(),
        report.pauseMicros(now),
        report.refused(),
        report.abandoned(),
        report.waitedMicros(),
        report.starts(now, currencies),
        report.ends(now, currencies),
        report.settled(now, currencies),
        report.returned(currencies),
        totals.waiting,
        totals.running,
        notGoneOn.of(currencies),
        running.of(currencies),
        demand,
        wanted.of(currencies),
        peek,
        ahead(now, demand, peek),
        seen,
        report.granted());
  }

  /** A caller in a loop gets more and more permits ahead. */
  private long ahead(long now, List<Long> demand, boolean peek) {
    if (demand.isEmpty() || peek || currencies.size() > 1) {
      return 0;
    }
    ahead = now - takenAt < AHEAD_FOR / 2 ? Math.clamp(2 * ahead, 1, MOST_AHEAD) : 0;
    return ahead;
  }

  /** Applies the response to a request that was sent at an instant. */
  void answered(long now, long sentAt, StoreResponse answer, List<Rule> newRules) {
    switch (answer.status()) {
      case OK -> decided(sentAt, answer);
      case RULES -> {
        version = answer.version();
        newest = false;
        untold = false;
        become(now, newRules);
      }
      case UNKNOWN -> untold = true;
      case STALE -> askAt = Long.MIN_VALUE;
    }
  }

  private void decided(long sentAt, StoreResponse answer) {
    report.confirm();
    untold = false;
    newest = false;
    alone = false;
    epoch = answer.epoch();
    calls = answer.calls();
    seen = answer.time();
    version = answer.version();
    trustedUntil = Microseconds.after(sentAt, leaseNanos / Microseconds.NANOS);
    othersWait = answer.others();
    int granted = (int) Math.min(answer.granted(), askedFor.size());
    askedFor.subList(0, granted).forEach(waiter -> allowance.add(waiter.cost()));
    allowance.add(Cost.PERMITS, answer.granted() - granted);
    if (granted == askedFor.size()) {
      toldTo = null;
      askAt = Long.MIN_VALUE;
    } else {
      toldTo = askedFor.get(granted);
      askAt =
          answer.askAfter() < 0 ? TimeSource.NEVER : Microseconds.after(sentAt, answer.askAfter());
    }
    askedFor = List.of();
  }

  /** Waiting callers must ask now. */
  void woken() {
    askAt = Long.MIN_VALUE;
  }

  /** The store has not answered. Its possible grants are not used. */
  void unanswered() {
    askedFor = List.of();
    askAt = Long.MIN_VALUE;
  }

  /**
   * Continues with the local part of the limits.
   *
   * @return whether there is one
   */
  boolean goOnAlone(long now) {
    if (share != null && !alone) {
      alone = true;
      allowance.clear();
      share.begin(now);
    }
    return share != null;
  }

  boolean isAlone() {
    return alone;
  }

  /** A lapsed grant is no allowance. */
  void dropLapsed(long now) {
    if (now >= trustedUntil) {
      allowance.clear();
    }
  }

  Optional<Long> untilAsked(long now) {
    return askAt == TimeSource.NEVER ? Optional.empty() : Optional.of(Math.max(0, askAt - now));
  }
}
