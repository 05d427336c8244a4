package dev.headway.tests.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.headway.distributed.SharedThrottle;
import dev.headway.distributed.SharedThrottleBuilder;
import dev.headway.distributed.StoreUnavailableException;
import dev.headway.limit.Counted;
import dev.headway.testkit.Windows;
import dev.headway.tests.throttle.Kind;
import dev.headway.throttle.LimitsUpdate;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Several members share one limit, each on connections of its own, as processes do. */
@ParameterizedClass
@EnumSource(value = Kind.class, mode = EnumSource.Mode.EXCLUDE, names = "LOCAL")
class MembersTest {

  private static final Duration LEASE = Duration.ofMillis(600);
  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final Duration LONG = Duration.ofSeconds(20);

  @Parameter Kind kind;

  private final String name = "members " + UUID.randomUUID();
  private final Lateness lateness = new Lateness();
  private final List<SharedThrottle> open = new ArrayList<>();
  private Line line;

  private SharedThrottle member(UnaryOperator<SharedThrottleBuilder> rules) {
    line = new Line(kind.store());
    SharedThrottleBuilder builder = SharedThrottleBuilder.on(line, name);
    SharedThrottle throttle = rules.apply(builder.lease(LEASE).timeout(TIMEOUT)).build();
    open.add(throttle);
    return throttle;
  }

  @AfterEach
  void closeAll() {
    lateness.close();
    open.forEach(SharedThrottle::close);
  }

  @Test
  void aPauseOfASharedThrottleIsNotEndedEarly() {
    SharedThrottle throttle = member(rules -> rules.rate("100/s"));
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(throttle::resume)
        .withMessageContaining("all processes");
  }

  @Test
  void noWindowHoldsMoreThanTheRateAndEachMemberGetsItsShare() throws Exception {
    int members = 4;
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(4);
    List<ConcurrentLinkedQueue<Long>> starts = new ArrayList<>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < members; i++) {
        SharedThrottle throttle = member(rules -> rules.rate("40/200ms", Counted.FROM_END));
        ConcurrentLinkedQueue<Long> own = new ConcurrentLinkedQueue<>();
        starts.add(own);
        for (int j = 0; j < 20; j++) {
          var unused =
              callers.submit(() -> {
                while (true) {
                  Duration left = Duration.ofNanos(Math.max(0, until - System.nanoTime()));
                  Optional<Permit> permit = throttle.tryAcquire(left);
                  if (permit.isEmpty()) {
                    return null;
                  }
                  own.add(System.nanoTime());
                  permit.get().close();
                }
              });
        }
      }
    }
    long[] all =
        starts.stream()
            .flatMap(ConcurrentLinkedQueue::stream)
            .mapToLong(Long::longValue)
            .sorted()
            .toArray();
    assertThat(Windows.fullest(all, lateness.sureWithin(Duration.ofMillis(200))))
        .isLessThanOrEqualTo(40);
    double fair = all.length / (double) members;
    assertThat(starts)
        .allSatisfy(
            own -> assertThat(own.size()).isBetween((int) (0.7 * fair), (int) (1.3 * fair)));
  }

  @Test
  void whatOneMemberHoldsAnotherCannotHaveAndGetsAsSoonAsItEnds() throws Exception {
    SharedThrottle first = member(rules -> rules.concurrency(1));
    SharedThrottle second = member(rules -> rules.concurrency(1));
    Permit held = first.acquire();
    int before = line.questions.get();
    CompletableFuture<Permit> waiting = second.acquireAsync();
    Thread.sleep(2 * LEASE.toMillis());
    assertThat(waiting).as("for twice the lease").isNotDone();
    assertThat(line.questions.get() - before).as("questions of one that waits").isLessThan(10);
    held.close();
    waiting.get(LONG.toSeconds(), TimeUnit.SECONDS).close();
  }

  @Test
  void whatADeadMemberHeldComesFreeWithItsLease() throws Exception {
    SharedThrottle first = member(rules -> rules.concurrency(1));
    Line ofFirst = line;
    first.acquire();
    SharedThrottle second = member(rules -> rules.concurrency(1));
    assertThat(second.tryAcquire()).isEmpty();
    ofFirst.cut();
    assertThat(second.tryAcquire(LONG)).isPresent();
  }

  @Test
  void whatWasGrantedInALostAnswerComesBack() throws Exception {
    SharedThrottle throttle = member(rules -> rules.concurrency(2).rate("1000/m"));
    throttle.acquire().close();
    line.loseAnswers();
    assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(throttle::acquire);
    line.mend();
    for (int i = 0; i < 10; i++) {
      try (Permit one = throttle.acquire();
          Permit two = throttle.acquire()) {
        assertThat(throttle.snapshot().running()).isEqualTo(2);
      }
    }
    assertThat(throttle.snapshot().available()).isEqualTo(2);
  }

  @Test
  void aPauseOfOneMemberIsEverybodys() throws Exception {
    SharedThrottle first = member(rules -> rules.rate("1000/m"));
    SharedThrottle second = member(rules -> rules.rate("1000/m"));
    second.acquire().close();
    first.pauseFor(Duration.ofMinutes(10));
    first.snapshot();
    assertThat(second.tryAcquire()).isEmpty();
    assertThat(second.snapshot().untilNextStart().orElseThrow())
        .isGreaterThan(Duration.ofMinutes(9));
  }

  @Test
  void theNewestRulesAreEverybodysAndWakeWhoeverWaits() throws Exception {
    SharedThrottle first = member(rules -> rules.rate("1/h"));
    SharedThrottle second = member(rules -> rules.rate("1/h"));
    first.acquire();
    CompletableFuture<Permit> waiting = second.acquireAsync();
    second.snapshot();
    first.update(limits -> limits.rate("2/h"));
    waiting.get(LONG.toSeconds(), TimeUnit.SECONDS);
    assertThat(second.snapshot().rules()).hasToString("[2/h]");
    SharedThrottle third = member(rules -> rules.rate("3/h"));
    assertThat(third.tryAcquire()).isPresent();
    assertThat(first.snapshot().available()).isZero();
    assertThat(first.snapshot().rules()).hasToString(third.snapshot().rules().toString());
  }

  @Test
  void theSnapshotIsOfAllMembers() throws Exception {
    SharedThrottle first = member(rules -> rules.concurrency(3));
    SharedThrottle second = member(rules -> rules.concurrency(3));
    first.acquire();
    second.acquire(2);
    CompletableFuture<Permit> waiting = first.acquireAsync();
    first.snapshot();
    assertThat(second.snapshot().running()).isEqualTo(2);
    assertThat(second.snapshot().waiting()).isEqualTo(1);
    assertThat(second.snapshot().available()).isZero();
    assertThat(second.snapshot().granted()).isEqualTo(2);
    assertThat(second.isLocked()).isTrue();
    waiting.cancel(true);
  }

  @Test
  void whereTheStoreDoesNotAnswerCallersFailInTimeAndRecover() throws Exception {
    SharedThrottle throttle = member(rules -> rules.rate("1000/m"));
    throttle.acquire().close();
    line.cut();
    long before = System.nanoTime();
    assertThatExceptionOfType(StoreUnavailableException.class)
        .isThrownBy(throttle::acquire)
        .withMessageContaining(name);
    assertThat(throttle.acquireAsync()).failsWithin(LONG);
    assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(throttle::snapshot);
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(LONG);
    line.mend();
    throttle.acquire().close();
  }

  @Test
  void aLocalShareGoesOnWithItsPartAndWhatItStartedCountsAfterwards() throws Exception {
    UnaryOperator<SharedThrottleBuilder> rules =
        builder -> builder.rate("40/500ms").localShare(2).timeout(Duration.ofMillis(300));
    SharedThrottle throttle = member(rules);
    List<Long> starts = new ArrayList<>();
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(6);
    long cutAt = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
    long mendAt = System.nanoTime() + TimeUnit.SECONDS.toNanos(4);
    int alone = 0;
    while (System.nanoTime() < until) {
      long now = System.nanoTime();
      if (now > cutAt && now < mendAt) {
        line.cut();
      } else {
        line.mend();
      }
      throttle.acquire().close();
      long start = System.nanoTime();
      starts.add(start);
      alone += start > cutAt + 1_500_000_000L && start < mendAt ? 1 : 0;
    }
    long[] all = starts.stream().mapToLong(Long::longValue).toArray();
    assertThat(Windows.fullest(all, lateness.sureWithin(Duration.ofMillis(500))))
        .isLessThanOrEqualTo(40);
    assertThat(alone).as("of 20 in each half second, while there was no store").isBetween(40, 80);
  }

  @Test
  void theRulesOfKeysAreSharedToo() throws Exception {
    SharedThrottle first = member(rules -> rules.rate("10/m"));
    Throttle keyed = first.keyed((String key, LimitsUpdate limits) -> limits.rate("1/h")).get("a");
    keyed.acquire().close();
    SharedThrottle second = member(rules -> rules.rate("10/m"));
    assertThat(
            second
                .keyed((String key, LimitsUpdate limits) -> limits.rate("1/h"))
                .get("a")
                .tryAcquire())
        .as("keys' rules are shared too")
        .isEmpty();
    assertThat(second.snapshot().available()).isEqualTo(9);
  }
}
