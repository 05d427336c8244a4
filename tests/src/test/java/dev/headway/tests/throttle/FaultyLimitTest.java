package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headway.limit.Cost;
import dev.headway.limit.Counted;
import dev.headway.limit.Limit;
import dev.headway.limit.Rate;
import dev.headway.limit.SlidingWindow;
import dev.headway.testkit.VirtualTime;
import dev.headway.throttle.LimitsUpdate;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing that a user's limit or time source throws, wherever, leaves a trace. */
@Timeout(60)
class FaultyLimitTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofHours(2);

  /** A method of a limit. */
  enum Method {
    READY_AT,
    START,
    END,
    DELAY,
    SETTLE,
    CAPACITY,
    AVAILABLE,
    FORECAST,
    IDLE,
    PERIOD_NANOS,
    INHERIT,
    TO_STRING
  }

  /** A window that is never full, one method of which may fail. */
  static final class Faulty implements Limit {
    private final SlidingWindow window =
        new SlidingWindow(Rate.of(1_000_000, Duration.ofHours(1)), Counted.FROM_START);

    @Nullable Method failing;
    Throwable failure = new IllegalStateException("unused");

    private void mayFail(Method method) {
      if (method == failing) {
        if (failure instanceof Error error) {
          throw error;
        }
        throw (RuntimeException) failure;
      }
    }

    @Override
    public long readyAt(long now, long amount) {
      mayFail(Method.READY_AT);
      return window.readyAt(now, amount);
    }

    @Override
    public void start(long now, long amount) {
      mayFail(Method.START);
      window.start(now, amount);
    }

    @Override
    public void end(long startedAt, long now, long amount) {
      mayFail(Method.END);
      window.end(startedAt, now, amount);
    }

    @Override
    public void delay(long startedAt, long now, long amount) {
      mayFail(Method.DELAY);
      window.delay(startedAt, now, amount);
    }

    @Override
    public void settle(long startedAt, long now, long from, long to) {
      mayFail(Method.SETTLE);
      window.settle(startedAt, now, from, to);
    }

    @Override
    public long capacity() {
      mayFail(Method.CAPACITY);
      return window.capacity();
    }

    @Override
    public long available(long now) {
      mayFail(Method.AVAILABLE);
      return window.available(now);
    }

    @Override
    public long forecast(long now, long ahead, long amount) {
      mayFail(Method.FORECAST);
      return window.forecast(now, ahead, amount);
    }

    @Override
    public boolean idle(long now) {
      mayFail(Method.IDLE);
      return window.idle(now);
    }

    @Override
    public long periodNanos() {
      mayFail(Method.PERIOD_NANOS);
      return window.periodNanos();
    }

    @Override
    public boolean inherit(Limit former, long now) {
      mayFail(Method.INHERIT);
      return window.inherit(((Faulty) former).window, now);
    }

    @Override
    public String toString() {
      mayFail(Method.TO_STRING);
      return "faulty";
    }
  }

  /** Throttles that use a limit in different ways. */
  enum Setting {
    PLAIN,
    WITH_MAX_WAIT,
    WITH_LISTENER,
    KEYED;

    Throttle throttle(Scene scene, Faulty faulty) {
      var builder = scene.throttle().limit(faulty).concurrency(1);
      return switch (this) {
        case PLAIN -> builder.build();
        case WITH_MAX_WAIT -> builder.maxWait(LONG).maxWaiting(50).build();
        case WITH_LISTENER -> builder.listener(event -> {}).build();
        case KEYED ->
            builder
                .build()
                .keyed((String key, LimitsUpdate limits) -> limits.rate("9/m"))
                .get("key");
      };
    }
  }

  /** What a caller does while the limit fails. Exceptions are expected, a hang is not. */
  private interface Call {
    void make(Play play) throws Exception;
  }

  /** A throttle, its limit, and when that fails. */
  private record Play(Scene scene, Throttle throttle, Faulty faulty, Method method) {
    void fail() {
      faulty.failing = method;
    }

    void heal() {
      faulty.failing = null;
    }

    /** A caller that enters the queue while the limit fails and another holds a permit. */
    void behindAnother(Scene.Act act) throws Exception {
      Permit held = throttle.acquire();
      AtomicBoolean over = new AtomicBoolean();
      scene.go(
          quietly(
              over,
              () -> {
                fail();
                act.run();
              }));
      scene.sleep(SECOND);
      try {
        held.close();
      } finally {
        scene.sleep(LONG);
        assertThat(over).isTrue();
      }
    }
  }

  private static final List<Call> CALLS =
      List.of(
          play -> {
            play.fail();
            play.throttle.tryAcquire().ifPresent(Permit::close);
          },
          play -> {
            play.fail();
            play.throttle.acquire().close();
          },
          play -> {
            play.fail();
            play.throttle.acquireAsync().join().close();
          },
          play -> play.behindAnother(() -> play.throttle.acquire().close()),
          play ->
              play.behindAnother(() -> play.throttle.tryAcquire(SECOND).ifPresent(Permit::close)),
          play ->
              play.behindAnother(() -> play.scene.time.await(play.throttle.acquireAsync()).close()),
          play ->
              play.behindAnother(
                  () -> play.throttle.withPriority(LONG).tryAcquire().ifPresent(Permit::close)),
          // They wait already when the limit begins to fail, and another thread serves them.
          play -> {
            Permit held = play.throttle.acquire();
            CompletableFuture<Permit> first = play.throttle.acquireAsync();
            AtomicBoolean over = new AtomicBoolean();
            play.scene.go(quietly(over, () -> play.throttle.acquire().close()));
            play.fail();
            try {
              held.close();
            } finally {
              play.scene.settle();
              play.heal();
              closeQuietly(first);
              play.scene.sleep(LONG);
              assertThat(over).isTrue();
            }
          },
          play -> {
            Permit held = play.throttle.acquire();
            play.fail();
            held.close();
          },
          play -> {
            Permit held = play.throttle.acquire();
            play.fail();
            try {
              held.settle(Cost.PERMITS, 2);
            } finally {
              play.heal();
              held.settle(Cost.PERMITS, 1);
              held.close();
            }
          },
          play -> {
            play.fail();
            play.throttle.snapshot();
          },
          play -> {
            play.fail();
            play.throttle.pause();
          },
          play -> {
            play.fail();
            play.throttle.isLocked();
          },
          play -> {
            play.fail();
            assertThat(play.throttle.toString()).isNotEmpty();
          },
          play -> {
            Permit held = play.throttle.acquire();
            CompletableFuture<Permit> waiting = play.throttle.acquireAsync();
            play.fail();
            try {
              play.throttle.update(limits -> limits.rate("7/m"));
            } finally {
              play.heal();
              held.close();
              play.scene.settle();
              closeQuietly(waiting);
            }
          },
          play -> {
            Faulty other = new Faulty();
            other.failing = play.method;
            other.failure = play.faulty.failure;
            try {
              play.throttle.update(limits -> limits.limit(other));
            } finally {
              other.failing = null;
            }
          });

  private static Scene.Act quietly(AtomicBoolean over, Scene.Act act) {
    return () -> {
      try {
        act.run();
      } catch (RuntimeException | Error expected) {
        assertThat(expected).hasStackTraceContaining("on purpose");
      } finally {
        over.set(true);
      }
    };
  }

  private static void closeQuietly(CompletableFuture<Permit> future) {
    try {
      future.getNow(null).close();
    } catch (CompletionException expected) {
      assertThat(expected).hasStackTraceContaining("on purpose");
    }
  }

  static Stream<Arguments> faults() {
    List<Arguments> all = new ArrayList<>();
    for (Method method : Method.values()) {
      for (Setting setting : Setting.values()) {
        all.add(Arguments.of(method, setting));
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("faults")
  void whateverALimitThrowsTheThrottleGrantsAfterwardsExactlyWhatItShould(
      Method method, Setting setting) throws Exception {
    List<Throwable> failures =
        List.of(new IllegalStateException("on purpose"), new AssertionError("on purpose"));
    for (Throwable failure : failures) {
      for (int call = 0; call < CALLS.size(); call++) {
        String what = method + " " + setting + " " + failure.getClass() + " call " + call;
        Call made = CALLS.get(call);
        Scene.play(scene -> {
          Faulty faulty = new Faulty();
          Play play = new Play(scene, setting.throttle(scene, faulty), faulty, method);
          faulty.failure = failure;
          CompletableFuture<Boolean> over = new CompletableFuture<>();
          scene.start(() -> {
            try {
              made.make(play);
            } catch (RuntimeException | Error expected) {
              assertThat(expected).as(what).hasStackTraceContaining("on purpose");
            } finally {
              over.complete(true);
            }
          });
          scene.time.await(over);
          play.heal();
          scene.sleep(LONG);

          Throttle throttle = play.throttle;
          assertThat(throttle.snapshot().waiting()).as(what).isZero();
          assertThat(throttle.snapshot().running()).as(what).isZero();
          Optional<Permit> permit = throttle.tryAcquire();
          assertThat(permit).as(what).isPresent();
          assertThat(throttle.tryAcquire()).as(what).isEmpty();
          CompletableFuture<Permit> next = throttle.acquireAsync();
          permit.get().close();
          scene.sleep(LONG);
          assertThat(next).as(what).isCompleted();
        });
      }
    }
  }

  /** What a limit may do with its own throttle, and must not. */
  enum Reentrant {
    TRY_ACQUIRE,
    ACQUIRE,
    ACQUIRE_ASYNC,
    SNAPSHOT,
    PAUSE,
    UPDATE,
    CLOSE;

    void call(Throttle throttle, Permit permit) throws InterruptedException {
      switch (this) {
        case TRY_ACQUIRE -> throttle.tryAcquire();
        case ACQUIRE -> throttle.acquire();
        case ACQUIRE_ASYNC -> throttle.acquireAsync().join();
        case SNAPSHOT -> throttle.snapshot();
        case PAUSE -> throttle.pauseFor(SECOND);
        case UPDATE -> throttle.update(limits -> limits.rate("1/s"));
        case CLOSE -> permit.close();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Reentrant.class)
  void aLimitThatCallsItsOwnThrottleFailsInsteadOfSpinning(Reentrant what) throws Exception {
    Throttle[] own = new Throttle[1];
    Permit[] permit = new Permit[1];
    Limit limit =
        new Limit() {
          @Override
          public long readyAt(long now, long amount) {
            Throttle throttle = own[0];
            own[0] = null;
            try {
              if (throttle != null) {
                what.call(throttle, permit[0]);
              }
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            return now;
          }

          @Override
          public void start(long now, long amount) {}

          @Override
          public void end(long startedAt, long now, long amount) {}
        };
    Throttle throttle = Throttle.builder().limit(limit).concurrency(2).build();
    permit[0] = throttle.acquire();
    own[0] = throttle;
    assertIllegalState(throttle::tryAcquire);
    own[0] = throttle;
    assertIllegalState(() -> throttle.acquireAsync().join());

    assertThat(throttle.tryAcquire()).isPresent();
    assertThat(throttle.tryAcquire()).isEmpty();
    permit[0].close();
    assertThat(throttle.tryAcquire()).isPresent();
  }

  private static void assertIllegalState(Supplier<?> call) {
    assertThatIllegalStateException()
        .isThrownBy(() -> {
          try {
            call.get();
          } catch (CompletionException e) {
            Throwable cause = e;
            while (cause instanceof CompletionException && cause.getCause() != null) {
              cause = cause.getCause();
            }
            throw cause;
          }
        })
        .withMessageContaining("must not call the throttle");
  }

  /** Virtual time of which one method may fail, once. */
  private static final class FaultyTime implements TimeSource {
    private final VirtualTime time = new VirtualTime();
    volatile @Nullable TimeMethod failing;

    /** What fails once the next thread that is started runs. */
    volatile @Nullable TimeMethod failingOnceStarted;

    /** How much later a thread resumes than it was woken. */
    volatile long wakesLate;

    private volatile long late;

    /** What happens just before it fails. */
    private Runnable before = () -> {};

    private void mayFail(TimeMethod method) {
      if (method == failing) {
        failing = null;
        before.run();
        throw new IllegalStateException("on purpose");
      }
    }

    @Override
    public long nanoTime() {
      mayFail(TimeMethod.NANO_TIME);
      return time.nanoTime() + late;
    }

    @Override
    public Instant instant() {
      return time.instant();
    }

    @Override
    public void park(Object blocker, long deadline) {
      mayFail(TimeMethod.PARK);
      time.park(blocker, deadline);
    }

    @Override
    public void unpark(Thread thread) {
      late = wakesLate;
      time.unpark(thread);
    }

    @Override
    public Timer schedule(long at, Runnable action) {
      mayFail(TimeMethod.SCHEDULE);
      return time.schedule(at, action);
    }

    @Override
    public Thread start(String name, Runnable body) {
      mayFail(TimeMethod.START);
      TimeMethod later = failingOnceStarted;
      failingOnceStarted = null;
      return time.start(
          name,
          () -> {
            failing = later == null ? failing : later;
            body.run();
          });
    }
  }

  /** What a time source does for those that wait. */
  enum TimeMethod {
    NANO_TIME,
    PARK,
    SCHEDULE,
    START
  }

  @ParameterizedTest
  @EnumSource(TimeMethod.class)
  void aTimeSourceThatFailsOnceLeavesNoTrace(TimeMethod method) throws Exception {
    FaultyTime faulty = new FaultyTime();
    Throttle throttle = Throttle.builder().rate("1/s").timeSource(faulty).build();
    faulty.time.run(() -> {
      throttle.acquire();
      for (boolean async : new boolean[] {false, true}) {
        faulty.failing = method;
        try {
          if (async) {
            faulty.time.await(throttle.acquireAsync());
          } else {
            throttle.acquire();
          }
        } catch (IllegalStateException | CompletionException expected) {
          assertThat(expected).hasStackTraceContaining("on purpose");
        }
        faulty.failing = null;
        assertThat(throttle.snapshot().waiting()).isZero();
        faulty.time.sleep(Duration.ofSeconds(3));
        assertThat(throttle.tryAcquire()).isPresent();
      }
      throttle.acquire();
      return null;
    });
  }

  @Test
  void aLimitThatFailsWhenAGrantedCallerResumesLeavesNoTrace() throws Exception {
    FaultyTime slow = new FaultyTime();
    slow.wakesLate = 1;
    Faulty faulty = new Faulty();
    Throttle throttle = Throttle.builder().limit(faulty).rate("1/h").timeSource(slow).build();
    slow.time.run(() -> {
      Permit open = throttle.acquire();
      slow.time.schedule(SECOND.toNanos(), open::cancel);
      faulty.failing = Method.DELAY;
      assertThatThrownBy(throttle::acquire).isSameAs(faulty.failure);
      faulty.failing = null;
      assertThat(throttle.tryAcquire()).isPresent();
      return null;
    });
  }

  @Test
  void aTimeSourceThatFailsInTheMomentOfTheGrantLeavesNoTrace() throws Exception {
    FaultyTime faulty = new FaultyTime();
    Throttle throttle = Throttle.builder().rate("1/h").concurrency(1).timeSource(faulty).build();
    faulty.time.run(() -> {
      Permit open = throttle.acquire();
      faulty.before = open::cancel;
      faulty.failing = TimeMethod.PARK;
      assertThatThrownBy(throttle::acquire).hasMessage("on purpose");
      assertThat(throttle.snapshot().running()).isZero();
      assertThat(throttle.tryAcquire()).isPresent();
      return null;
    });
  }

  @Test
  void aTimeSourceThatFailsWhenAGrantedCallerResumesLeavesNoTrace() throws Exception {
    FaultyTime faulty = new FaultyTime();
    Throttle throttle = Throttle.builder().concurrency(1).timeSource(faulty).build();
    faulty.time.run(() -> {
      Permit open = throttle.acquire();
      CompletableFuture<Permit> waits = throttle.acquireAsync();
      faulty.failingOnceStarted = TimeMethod.NANO_TIME;
      open.close();
      faulty.time.sleep(Duration.ofSeconds(1));
      assertThat(waits).isCompletedExceptionally();
      assertThat(throttle.snapshot().running()).isZero();
      assertThat(throttle.tryAcquire()).isPresent();
      return null;
    });
  }

  @Test
  void aFutureThatIsCompletedInAnyWayGivesUpItsPlace() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().concurrency(1).build();
      Permit held = throttle.acquire();
      CompletableFuture<Permit> failed =
          throttle
              .acquireAsync()
              .completeAsync(
                  () -> {
                    throw new AssertionError("on purpose");
                  },
                  Runnable::run);
      assertThat(failed).isCompletedExceptionally();
      CompletableFuture<Permit> replaced = throttle.acquireAsync();
      replaced.obtrudeValue(held);
      CompletableFuture<Permit> failedToo = throttle.acquireAsync();
      failedToo.obtrudeException(new IllegalStateException("on purpose"));
      assertThat(throttle.snapshot().waiting()).isZero();
      held.close();
      assertThat(throttle.tryAcquire()).isPresent();
    });
  }
}
