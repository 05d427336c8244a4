package dev.headway.distributed;

import dev.headway.limit.Rule;
import dev.headway.throttle.spi.QueueAccess;
import dev.headway.throttle.spi.WaitingCaller;
import dev.headway.time.Durations;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Sends the requests of one set of shared rules to the store, one at a time.
 *
 * <p>It has no thread. After a change under the lock, the thread calls {@link #attend}: it sends a
 * request if one is due, or else sets a timer for the next. Events during a request are collected
 * for the next one, which the thread with the response sends. So a lone caller waits for one round
 * trip, and many callers share one.
 *
 * <p>An unanswered request is repeated with growing pauses until the waiting callers time out. Then
 * they fail, or continue with the local share.
 */
final class StoreClient {

  private static final long SHORTEST_BREAK = 10_000_000;
  private static final long LONGEST_BREAK = 1_000_000_000;
  private static final long LONGEST_ATTEMPT = 1_000_000_000;

  private final QueueAccess queue;
  private final SharedLimits rules;
  private final String limit;
  private final SharedSettings settings;
  private final TimeSource time;
  private final Store store;
  private final long beatNanos;
  private final long patienceNanos;
  private final long attemptNanos;

  // Guarded by the queue's lock.

  private long number;

  /** The request in flight. */
  private @Nullable StoreRequest underWay;

  private @Nullable CompletableFuture<?> awaited;
  private long sentAt;

  /** When the last decided request was sent; NEVER if none was. */
  private long answeredAt = TimeSource.NEVER;

  /** The time of the store's first failure since it last answered; NEVER if it answers. */
  private long failingSince = TimeSource.NEVER;

  /** Whether the waiting callers have failed. */
  private boolean gaveUp;

  private long breakNanos = SHORTEST_BREAK;
  private long retryAt = Long.MIN_VALUE;

  private long alarmAt = TimeSource.NEVER;
  private TimeSource.@Nullable Timer alarm;

  private List<CompletableFuture<StoreResponse>> curious = new ArrayList<>();
  private long curiousSince;
  private List<CompletableFuture<StoreResponse>> curiousOfThis = List.of();

  /** Whether the store has sent a wake-up since the request was sent. */
  private boolean wokenSince;

  /** Whether waiting callers need the store, or events have not been sent. */
  private boolean involved;

  private boolean closed;

  StoreClient(QueueAccess queue, SharedLimits rules, String limit, SharedSettings settings) {
    this.queue = queue;
    this.rules = rules;
    this.limit = limit;
    this.settings = settings;
    this.time = queue.time();
    this.store = settings.store();
    this.beatNanos = settings.lease().toNanos() / 3;
    this.patienceNanos = nanos(settings.timeout());
    this.attemptNanos = Math.min(patienceNanos, LONGEST_ATTEMPT);
  }

  private static long nanos(Duration duration) {
    return Math.min(Long.MAX_VALUE / 2, Durations.nanos(duration));
  }

  TimeSource time() {
    return time;
  }

  /** An action that runs without the lock. */
  private record Step(
      @Nullable StoreRequest send,
      @Nullable CompletableFuture<?> giveUp,
      long wakeAt,
      TimeSource.@Nullable Timer obsolete) {}

  /** Sends a request if one is due. */
  void attend() {
    Step step = queue.locked(this::next);
    settings.wakes().involve(limit, this);
    if (step.obsolete != null) {
      step.obsolete.cancel();
    }
    if (step.giveUp != null) {
      step.giveUp.completeExceptionally(
          new TimeoutException("no answer for " + Durations.print(Duration.ofNanos(attemptNanos))));
    } else if (step.send != null) {
      send(step.send);
    } else if (step.wakeAt != TimeSource.NEVER) {
      setAlarm(step.wakeAt);
    }
  }

  private Step next(long now) {
    rules.dropLapsed(now);
    if (closed || settings.wakes().isClosed()) {
      return new Step(null, null, TimeSource.NEVER, null);
    }
    if (underWay != null) {
      boolean late = now >= sentAt + attemptNanos;
      return late ? new Step(null, awaited, TimeSource.NEVER, null) : wakeAt(sentAt + attemptNanos);
    }
    List<? extends WaitingCaller> line = queue.waiting(rules.mostToLookAt(now));
    long at = dueAt(now, line);
    if (at > now) {
      involved = !line.isEmpty() || rules.mustBeat(line) || !rules.hasReported();
      return wakeAt(at);
    }
    line = rules.isAlone() ? List.of() : queue.waiting(rules.mostToAskFor(now));
    long elapsed = answeredAt == TimeSource.NEVER ? -1 : (now - answeredAt) / Microseconds.NANOS;
    involved = true;
    curiousOfThis = curious;
    curious = new ArrayList<>();
    underWay =
        rules.ask(
            now, clock(), settings.member(), ++number, elapsed, line, !curiousOfThis.isEmpty());
    sentAt = now;
    wokenSince = false;
    // The first request after callers have failed is sent at once, later ones with pauses.
    gaveUp = false;
    awaited = new CompletableFuture<>();
    return new Step(underWay, null, TimeSource.NEVER, null);
  }

  private long dueAt(long now, List<? extends WaitingCaller> line) {
    long asks = rules.isAlone() ? TimeSource.NEVER : rules.askAt(now, line);
    boolean askNow = asks <= now || !curious.isEmpty();
    if (now < retryAt && !(gaveUp && askNow)) {
      return retryAt;
    }
    if (askNow) {
      return now;
    }
    long at = Math.min(asks, rules.reportAt(line));
    if (rules.isAlone()) {
      at = Math.min(at, retryAt);
    }
    return rules.mustBeat(line) ? Math.min(at, sentAt + beatNanos) : at;
  }

  @SuppressWarnings("ReferenceEquality") // there is one system
  private long clock() {
    return time == TimeSource.system() ? -1 : Math.floorDiv(Durations.nanos(time.instant()), 1_000);
  }

  private Step wakeAt(long at) {
    if (at >= alarmAt) {
      return new Step(null, null, TimeSource.NEVER, null);
    }
    TimeSource.Timer obsolete = alarm;
    alarm = null;
    alarmAt = at;
    return new Step(null, null, at, obsolete);
  }

  private void setAlarm(long at) {
    TimeSource.Timer timer = time.schedule(at, () -> ring(at));
    queue.locked(now -> {
      if (alarmAt == at) {
        alarm = timer;
      }
      return this;
    });
  }

  private void ring(long at) {
    queue.locked(now -> {
      if (alarmAt == at) {
        alarmAt = TimeSource.NEVER;
        alarm = null;
      }
      return this;
    });
    attend();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // its result arrives here
  private void send(StoreRequest question) {
    CompletableFuture<?> gate = awaitedNow();
    CompletableFuture<StoreResponse> answer;
    try {
      answer = decide(question);
    } catch (Throwable e) {
      answer = CompletableFuture.failedFuture(e);
    }
    CompletableFuture<StoreResponse> coming = answer;
    gate.whenComplete((nothing, late) -> {
      if (late != null) {
        coming.cancel(true);
        failed(question, late);
      }
    });
    coming.whenComplete((decided, failure) -> {
      if (failure != null) {
        failed(question, failure);
        return;
      }
      try {
        answered(question, decided);
      } catch (RuntimeException e) {
        failed(question, e);
      }
    });
    attend();
  }

  private CompletableFuture<?> awaitedNow() {
    return queue.locked(now -> awaited == null ? new CompletableFuture<>() : awaited);
  }

  /** In virtual time, a thread of its own waits for the response, so time stands still. */
  @SuppressWarnings("ReferenceEquality") // there is one system
  private CompletableFuture<StoreResponse> decide(StoreRequest question) {
    if (time == TimeSource.system()) {
      return store.decide(limit, question).toCompletableFuture();
    }
    CompletableFuture<StoreResponse> answer = new CompletableFuture<>();
    time.start(
        "headway-store",
        () -> {
          try {
            CompletionStage<StoreResponse> stage = store.decide(limit, question);
            answer.complete(stage.toCompletableFuture().join());
          } catch (Throwable e) {
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  /** Reads the whole response before anything changes: an unreadable one decides nothing. */
  private void answered(StoreRequest question, @Nullable StoreResponse answer) {
    if (answer == null) {
      throw new IllegalArgumentException("the store has answered with null");
    }
    List<Rule> newRules =
        answer.status() == StoreResponse.Status.RULES ? RuleCodec.parse(answer.rules()) : List.of();
    List<CompletableFuture<StoreResponse>> told = new ArrayList<>();
    queue.onChange(
        TimeSource.NEVER,
        now -> {
          if (!isUnderWay(question)) {
            return null;
          }
          underWay = null;
          failingSince = TimeSource.NEVER;
          gaveUp = false;
          retryAt = Long.MIN_VALUE;
          breakNanos = SHORTEST_BREAK;
          rules.answered(now, sentAt, answer, newRules);
          if (wokenSince) {
            // The store may have decided before the wake-up.
            rules.woken();
          }
          if (answer.status() == StoreResponse.Status.OK) {
            answeredAt = sentAt;
            told.addAll(curiousOfThis);
          } else {
            curious.addAll(curiousOfThis);
          }
          curiousOfThis = List.of();
          return null;
        });
    told.forEach(one -> one.complete(answer));
  }

  private void failed(StoreRequest question, Throwable thrown) {
    List<CompletableFuture<StoreResponse>> told = new ArrayList<>();
    Throwable failure = underneath(thrown);
    boolean refused = isRefusal(failure);
    RuntimeException unavailable = unavailable(failure, refused);
    long questionSentAt = queue.locked(now -> sentAt);
    // Later callers have not been refused: their request is still due.
    queue.onChange(
        refused ? questionSentAt : TimeSource.NEVER,
        now -> {
          if (!isUnderWay(question)) {
            return null;
          }
          underWay = null;
          rules.unanswered();
          (refused ? told : curious).addAll(curiousOfThis);
          curiousOfThis = List.of();
          failingSince = Math.min(failingSince, sentAt);
          boolean patient =
              !refused && now - Math.max(failingSince, waitedSince(now)) < patienceNanos;
          retryAt = now + breakNanos;
          breakNanos = Math.min(LONGEST_BREAK, 2 * breakNanos);
          if (patient) {
            return null;
          }
          gaveUp = true;
          failingSince = TimeSource.NEVER;
          if (!refused) {
            told.addAll(curious);
            curious = new ArrayList<>();
          }
          return rules.goOnAlone(now) ? null : unavailable;
        });
    told.forEach(one -> one.completeExceptionally(unavailable));
  }

  /** When the first caller began to wait for a response. */
  private long waitedSince(long now) {
    List<? extends WaitingCaller> line = queue.waiting(1);
    long since = line.isEmpty() ? now : line.getFirst().since();
    return curious.isEmpty() ? since : Math.min(since, curiousSince);
  }

  private boolean isUnderWay(StoreRequest question) {
    return underWay != null && underWay.number() == question.number();
  }

  private static Throwable underneath(Throwable thrown) {
    return thrown instanceof CompletionException && thrown.getCause() != null
        ? underneath(thrown.getCause())
        : thrown;
  }

  /** Whether the store has answered with an error or with unreadable data. */
  private static boolean isRefusal(Throwable failure) {
    return failure instanceof StoreRefusedException || failure instanceof IllegalArgumentException;
  }

  private RuntimeException unavailable(Throwable failure, boolean refused) {
    String why =
        refused
            ? " has answered: " + failure.getMessage()
            : " has not answered for "
                + Durations.print(settings.timeout())
                + " ("
                + store.trouble().orElseGet(failure::toString)
                + ")";
    return new StoreUnavailableException("the store of \"" + limit + "\"" + why, failure);
  }

  boolean isInvolved() {
    return queue.locked(now -> involved);
  }

  /** The store has sent a wake-up. */
  void wake() {
    queue.locked(now -> {
      wokenSince = true;
      rules.woken();
      return this;
    });
    attend();
  }

  /** The response to the next request. */
  CompletableFuture<StoreResponse> ask() {
    CompletableFuture<StoreResponse> answer = new CompletableFuture<>();
    boolean open =
        queue.locked(now -> {
          if (!closed) {
            curiousSince = curious.isEmpty() ? now : curiousSince;
            curious.add(answer);
          }
          return !closed;
        });
    if (!open) {
      answer.completeExceptionally(closedNow());
    }
    attend();
    return answer;
  }

  /**
   * Sends a request and waits for the response.
   *
   * @throws StoreUnavailableException if there is none in time
   */
  StoreResponse hear() {
    CompletableFuture<StoreResponse> answer = ask();
    Thread waiting = Thread.currentThread();
    var unused = answer.whenComplete((decided, failure) -> time.unpark(waiting));
    boolean interrupted = false;
    while (!answer.isDone()) {
      time.park(this, TimeSource.NEVER);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      waiting.interrupt();
    }
    try {
      return answer.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException exception ? exception : e;
    }
  }

  /** Stops the requests; waiting callers fail. */
  void close() {
    List<CompletableFuture<StoreResponse>> told = new ArrayList<>();
    queue.onChange(
        TimeSource.NEVER,
        now -> {
          closed = true;
          told.addAll(curious);
          told.addAll(curiousOfThis);
          curious = new ArrayList<>();
          curiousOfThis = List.of();
          return closedNow();
        });
    told.forEach(one -> one.completeExceptionally(closedNow()));
  }

  private IllegalStateException closedNow() {
    return new IllegalStateException("the throttle \"" + limit + "\" has been closed");
  }
}
