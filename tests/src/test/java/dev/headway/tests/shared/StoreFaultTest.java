package dev.headway.tests.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headway.distributed.SharedThrottle;
import dev.headway.distributed.SharedThrottleBuilder;
import dev.headway.distributed.Store;
import dev.headway.distributed.StoreRefusedException;
import dev.headway.distributed.StoreRequest;
import dev.headway.distributed.StoreResponse;
import dev.headway.distributed.StoreUnavailableException;
import dev.headway.testkit.VirtualTime;
import dev.headway.tests.throttle.Kind;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Snapshot;
import dev.headway.throttle.ThrottleExceededException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A store that wakes too early, cannot be understood, says no or is broken. */
@Timeout(40)
class StoreFaultTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Keeps one answer back until it is told to let it through. */
  private static final class Keeping implements Store {
    private final Store store;
    private final CountDownLatch woken = new CountDownLatch(1);
    private final CompletableFuture<Void> through = new CompletableFuture<>();
    private final CountDownLatch decided = new CountDownLatch(1);
    private volatile boolean keeps;

    Keeping(Store store) {
      this.store = store;
    }

    @Override
    public CompletionStage<StoreResponse> decide(String limit, StoreRequest question) {
      boolean kept = keeps && question.waiting() > 0;
      keeps &= !kept;
      CompletionStage<StoreResponse> answer = store.decide(limit, question);
      return kept
          ? answer.thenCompose(decision -> {
            decided.countDown();
            return through.thenApply(nothing -> decision);
          })
          : answer;
    }

    @Override
    public void listen(String member, Consumer<String> wake) {
      store.listen(
          member,
          limit -> {
            wake.accept(limit);
            woken.countDown();
          });
    }

    @Override
    public void close() {
      store.close();
    }
  }

  @ParameterizedTest
  @EnumSource(value = Kind.class, mode = EnumSource.Mode.EXCLUDE, names = "LOCAL")
  void aWakeUpThatComesBeforeTheReplyInFlightIsNotLost(Kind kind) throws Exception {
    String name = "early wake-up " + UUID.randomUUID();
    Keeping keeping = new Keeping(kind.store());
    // Without the wake-up, the one that waits would ask again after a third of the lease.
    try (SharedThrottle first = builder(kind.store(), name).build();
        SharedThrottle second = builder(keeping, name).build()) {
      Permit held = first.acquire();
      assertThat(second.tryAcquire()).isEmpty();
      keeping.keeps = true;
      CompletableFuture<Permit> waiting = second.acquireAsync();
      assertThat(keeping.decided.await(20, TimeUnit.SECONDS)).isTrue();
      held.close();
      assertThat(keeping.woken.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(waiting).isNotDone();
      keeping.through.complete(null);

      waiting.get(20, TimeUnit.SECONDS).close();
    }
  }

  @ParameterizedTest
  @EnumSource(value = Kind.class, mode = EnumSource.Mode.EXCLUDE, names = "LOCAL")
  void aRefusalReachesOnlyThoseWhomTheQuestionWasFor(Kind kind) throws Exception {
    Keeping keeping = new Keeping(kind.store());
    try (SharedThrottle throttle = builder(keeping, "refused " + UUID.randomUUID()).build()) {
      keeping.keeps = true;
      CompletableFuture<Permit> asked = throttle.acquireAsync();
      assertThat(keeping.decided.await(20, TimeUnit.SECONDS)).isTrue();
      CompletableFuture<Permit> later = throttle.acquireAsync();
      CompletableFuture<Snapshot> curious = CompletableFuture.supplyAsync(throttle::snapshot);
      keeping.through.completeExceptionally(new StoreRefusedException("not now", null));

      assertThatThrownBy(() -> asked.get(20, TimeUnit.SECONDS)).hasMessageContaining("not now");
      later.get(20, TimeUnit.SECONDS).close();
      assertThat(curious.get(20, TimeUnit.SECONDS).running()).isBetween(0L, 1L);
    }
  }

  private static SharedThrottleBuilder builder(Store store, String name) {
    return SharedThrottleBuilder.on(store, name)
        .concurrency(1)
        .lease(Duration.ofMinutes(10))
        .timeout(Duration.ofMinutes(5));
  }

  /** A store that answers each question in one way. */
  private record Answering(Supplier<CompletionStage<StoreResponse>> way) implements Store {
    @Override
    public CompletionStage<StoreResponse> decide(String limit, StoreRequest question) {
      return way.get();
    }

    @Override
    public void listen(String member, Consumer<String> wake) {
      // It never wakes.
    }

    @Override
    public void close() {
      // There is nothing to close.
    }
  }

  private static StoreResponse rules(String rules) {
    return new StoreResponse(
        StoreResponse.Status.RULES, "epoch", 1, 7, rules, 0, 0, false, 1, Optional.empty());
  }

  /** What a store may do, and what callers then read; at once, or once they have lost patience. */
  static Stream<Arguments> faults() {
    return Stream.of(
        fault("newer rules", true, () -> done(rules("rate permits comet 5")), "comet"),
        fault("too few words of a rule", true, () -> done(rules("rate")), "rate"),
        fault("numbers that are none", true, () -> done(rules("rate permits start x 1")), "x"),
        fault(
            "an unreadable answer",
            true,
            () -> failed(() -> StoreResponse.of(List.of("OK"))),
            "[OK]"),
        fault("no answer", true, () -> done(null), "null"),
        fault("a null stage", false, () -> null, "NullPointer"),
        fault(
            "a refusal",
            true,
            () ->
                CompletableFuture.failedFuture(
                    new StoreRefusedException("NOREPLICAS Not enough", new Exception())),
            "NOREPLICAS Not enough"),
        fault(
            "a failure",
            false,
            () -> CompletableFuture.failedFuture(new IllegalStateException("no way")),
            "no way"),
        fault(
            "an error",
            false,
            () -> CompletableFuture.failedFuture(new AssertionError("no way")),
            "no way"),
        fault(
            "an exception",
            false,
            () -> {
              throw new IllegalStateException("no way");
            },
            "no way"),
        fault(
            "an error that is thrown",
            false,
            () -> {
              throw new AssertionError("no way");
            },
            "no way"));
  }

  private static Arguments fault(
      String name, boolean atOnce, Supplier<CompletionStage<StoreResponse>> way, String says) {
    return Arguments.of(name, atOnce, new Answering(way), says);
  }

  private static CompletionStage<StoreResponse> done(StoreResponse answer) {
    return CompletableFuture.completedFuture(answer);
  }

  private static CompletionStage<StoreResponse> failed(Supplier<StoreResponse> reading) {
    return CompletableFuture.completedFuture("").thenApply(nothing -> reading.get());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void whateverAStoreAnswersCallersAreToldInTime(
      String name, boolean atOnce, Store store, String says) throws Exception {
    VirtualTime time = new VirtualTime();
    try (SharedThrottle throttle =
        SharedThrottleBuilder.on(store, "faulty")
            .timeout(TIMEOUT)
            .rate("1/s")
            .timeSource(time)
            .build()) {
      Duration longest = atOnce ? Duration.ofMillis(100) : TIMEOUT.plusSeconds(3);
      time.run(() -> {
        for (int i = 0; i < 2; i++) {
          Duration begin = time.elapsed();
          assertThatExceptionOfType(StoreUnavailableException.class)
              .isThrownBy(throttle::acquire)
              .isInstanceOf(ThrottleExceededException.class)
              .withMessageContaining("\"faulty\"")
              .withMessageContaining(says);
          assertThat(time.elapsed().minus(begin)).isLessThanOrEqualTo(longest);
        }
        Duration begin = time.elapsed();
        assertThatExceptionOfType(StoreUnavailableException.class)
            .isThrownBy(throttle::snapshot)
            .withMessageContaining(says);
        CompletableFuture<Permit> future = throttle.acquireAsync();
        assertThatThrownBy(() -> time.await(future))
            .hasCauseInstanceOf(StoreUnavailableException.class);
        assertThat(time.elapsed().minus(begin)).isLessThanOrEqualTo(longest.multipliedBy(2));
        return null;
      });
    }
  }

  @Test
  void aLocalShareIsUsedWhereTheStoreRefuses() throws Exception {
    VirtualTime time = new VirtualTime();
    Store refusing =
        new Answering(() ->
            CompletableFuture.failedFuture(new StoreRefusedException("OOM", new Exception())));
    try (SharedThrottle throttle =
        SharedThrottleBuilder.on(refusing, "faulty")
            .timeout(TIMEOUT)
            .rate("4/s")
            .localShare(2)
            .timeSource(time)
            .build()) {
      time.run(() -> {
        for (int i = 0; i < 6; i++) {
          throttle.acquire().close();
        }
        // The throttle goes on asking the store when all are done, so time passes then too.
        assertThat(time.elapsed()).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(4));
        return null;
      });
    }
  }

  @Test
  void closingAThrottleEndsASnapshotThatWaits() throws Exception {
    try (SharedThrottle throttle =
        SharedThrottleBuilder.on(new Answering(CompletableFuture::new), "silent")
            .timeout(Duration.ofMinutes(5))
            .rate("1/s")
            .build()) {
      CompletableFuture<Object> snapshot = CompletableFuture.supplyAsync(throttle::snapshot);
      CompletableFuture<Permit> waiting = throttle.acquireAsync();
      throttle.close();

      assertThat(snapshot).failsWithin(Duration.ofSeconds(20));
      assertThat(waiting).failsWithin(Duration.ofSeconds(20));
    }
  }
}
