package dev.headway.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.throttle.AcquireTimeoutException;
import dev.headway.throttle.KeyedThrottle;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Threads that the user has started, of either kind, see exact times. */
@Timeout(60)
class UserThreadsTest {

  private static final int ROUNDS = 80;
  private static final long HOUR = Duration.ofHours(1).toNanos();

  /** The kinds of threads. */
  enum Kind {
    PLATFORM(Thread.ofPlatform().daemon()),
    VIRTUAL(Thread.ofVirtual());

    @SuppressWarnings("ImmutableEnumChecker") // it is only used to start threads
    private final Thread.Builder builder;

    Kind(Thread.Builder builder) {
      this.builder = builder;
    }

    Thread start(Act act, List<Throwable> thrown) {
      return builder.start(() -> {
        try {
          act.run();
        } catch (Throwable e) {
          thrown.add(e);
        }
      });
    }

    ExecutorService pool(int threads) {
      return Executors.newFixedThreadPool(threads, builder.factory());
    }
  }

  /** What a thread does. */
  interface Act {
    void run() throws Exception;
  }

  /** A time, the threads that are started in it, and the instants that they see. */
  private static final class Round {
    final VirtualTime time = new VirtualTime();
    final Kind kind;
    final List<Long> seen = Collections.synchronizedList(new ArrayList<>());
    final List<Thread> started = Collections.synchronizedList(new ArrayList<>());
    final List<Throwable> thrown = Collections.synchronizedList(new ArrayList<>());

    Round(Kind kind) {
      this.kind = kind;
    }

    ThrottleBuilder throttle() {
      return Throttle.builder().timeSource(time);
    }

    Thread go(Act act) {
      Thread thread = kind.start(act, thrown);
      started.add(thread);
      return thread;
    }

    void see() {
      seen.add(time.nanoTime());
    }

    void sleepHours(int hours) throws InterruptedException {
      time.sleep(Duration.ofHours(hours));
    }

    void end() throws InterruptedException {
      for (int i = 0; i < started.size(); i++) {
        started.get(i).join();
      }
      assertThat(thrown).isEmpty();
    }

    List<Long> sorted() {
      return seen.stream().sorted().toList();
    }
  }

  private static List<Long> hours(int... hours) {
    return IntStream.of(hours).mapToObj(hour -> hour * HOUR).toList();
  }

  private static List<Long> hoursTo(int count) {
    return LongStream.range(0, count).mapToObj(hour -> hour * HOUR).toList();
  }

  /** Many rounds of one script. */
  private static void rounds(Kind kind, int rounds, Script script) throws Exception {
    for (int i = 0; i < rounds; i++) {
      script.play(new Round(kind));
    }
  }

  private interface Script {
    void play(Round round) throws Exception;
  }

  @ParameterizedTest
  @EnumSource
  void permitsAreGrantedAtExactTimes(Kind kind) throws Exception {
    rounds(
        kind,
        ROUNDS,
        round -> {
          Throttle throttle = round.throttle().rate("1/h").build();
          for (int i = 0; i < 4; i++) {
            round.go(() -> {
              for (int k = 0; k < 2; k++) {
                throttle.acquire();
                round.see();
              }
            });
          }
          round.end();
          assertThat(round.sorted()).isEqualTo(hoursTo(8));
          assertThat(round.time.elapsed()).isEqualTo(Duration.ofHours(7));
        });
  }

  @ParameterizedTest
  @EnumSource
  void threadsThatAreStartedTogetherSleepTogether(Kind kind) throws Exception {
    rounds(
        kind,
        ROUNDS,
        round -> {
          for (int i = 0; i < 6; i++) {
            round.go(() -> {
              round.sleepHours(1);
              round.see();
              round.sleepHours(1);
              round.see();
            });
          }
          round.end();
          assertThat(round.sorted()).isEqualTo(hours(1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2));
        });
  }

  @ParameterizedTest
  @EnumSource
  void aPermitIsHandedOnAtTheInstantAtWhichItEnds(Kind kind) throws Exception {
    rounds(
        kind,
        ROUNDS,
        round -> {
          Throttle one = round.throttle().concurrency(1).build();
          for (int i = 0; i < 5; i++) {
            round.go(() -> {
              try (Permit permit = one.acquire()) {
                round.see();
                round.sleepHours(1);
              }
            });
          }
          round.end();
          assertThat(round.sorted()).isEqualTo(hoursTo(5));
          assertThat(round.time.elapsed()).isEqualTo(Duration.ofHours(5));
        });
  }

  @ParameterizedTest
  @EnumSource
  void whoTimesOutOrIsInterruptedGoesOnAtThatInstant(Kind kind) throws Exception {
    rounds(
        kind,
        ROUNDS,
        round -> {
          Throttle one = round.throttle().concurrency(1).build();
          one.acquire();
          Thread interrupted =
              round.go(() -> {
                try {
                  one.acquire();
                  throw new AssertionError("granted");
                } catch (InterruptedException e) {
                  round.see();
                }
              });
          round.go(() -> {
            round.sleepHours(2);
            interrupted.interrupt();
            round.sleepHours(3);
            round.see();
          });
          round.go(() -> {
            Optional<Permit> none = one.tryAcquire(Duration.ofHours(1));
            assertThat(none).isEmpty();
            round.see();
          });
          round.end();
          assertThat(round.sorted()).isEqualTo(hours(1, 2, 5));
        });
  }

  @ParameterizedTest
  @EnumSource
  void futuresAreWaitedForInAnyWay(Kind kind) throws Exception {
    rounds(
        kind,
        ROUNDS / 2,
        round -> {
          Throttle throttle = round.throttle().rate("1/h").build();
          throttle.acquire();
          for (int i = 0; i < 3; i++) {
            round.go(() -> {
              throttle.acquireAsync().get();
              round.see();
            });
          }
          round.go(() -> {
            try {
              throttle.withPriority(Duration.ZERO).acquireAsync().get(1, TimeUnit.HOURS);
              round.see();
            } catch (ExecutionException e) {
              assertThat(e).hasCauseInstanceOf(AcquireTimeoutException.class);
            }
          });
          round.end();
          assertThat(round.sorted()).isEqualTo(hours(1, 2, 3, 4));
        });
  }

  @ParameterizedTest
  @EnumSource
  void keysAreKeptApart(Kind kind) throws Exception {
    rounds(
        kind,
        ROUNDS / 2,
        round -> {
          KeyedThrottle<String> keyed =
              Throttle.keyed(
                  key -> round.throttle().rate(key.equals("slow") ? "1/3h" : "1/h").build());
          for (String key : List.of("slow", "slow", "fast", "fast", "fast")) {
            round.go(() -> {
              keyed.get(key).acquire();
              round.see();
            });
          }
          round.end();
          assertThat(round.sorted()).isEqualTo(hours(0, 0, 1, 2, 3));
        });
  }

  @ParameterizedTest
  @EnumSource
  void threadsOfAPoolTakePartWhileTheyWorkAndHoldNothingWhileTheyAreIdle(Kind kind)
      throws Exception {
    Round round = new Round(kind);
    try (ExecutorService pool = kind.pool(4)) {
      for (int i = 0; i < ROUNDS / 2; i++) {
        long before = round.time.nanoTime();
        List<Future<Long>> tasks = new ArrayList<>();
        for (int k = 0; k < 3; k++) {
          Callable<Long> task =
              () -> {
                round.sleepHours(1);
                return round.time.nanoTime() - before;
              };
          tasks.add(pool.submit(task));
        }
        for (Future<Long> task : tasks) {
          assertThat(task.get()).isEqualTo(HOUR);
        }
        round.sleepHours(1);
        assertThat(round.time.nanoTime() - before).isEqualTo(2 * HOUR);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void threadsThatThreadsStartTakePart(Kind kind) throws Exception {
    rounds(
        kind,
        ROUNDS,
        round -> {
          round.go(() -> {
            round.sleepHours(1);
            round.go(() -> {
              round.sleepHours(1);
              round.see();
              round.go(() -> {
                round.sleepHours(1);
                round.see();
              });
              round.sleepHours(3);
              round.see();
            });
            round.sleepHours(3);
            round.see();
          });
          round.end();
          assertThat(round.sorted()).isEqualTo(hours(2, 3, 4, 5));
        });
  }

  @ParameterizedTest
  @EnumSource
  void threadsThatMembersStartTakePart(Kind kind) throws Exception {
    rounds(
        kind,
        ROUNDS,
        round -> {
          round.time.run(() -> {
            CompletableFuture<Void> end = new CompletableFuture<>();
            round.go(() -> {
              round.sleepHours(1);
              round.see();
              round.sleepHours(2);
              round.see();
              end.complete(null);
            });
            round.sleepHours(2);
            round.see();
            return round.time.await(end);
          });
          assertThat(round.sorted()).isEqualTo(hours(1, 2, 3));
        });
  }

  @ParameterizedTest
  @EnumSource
  void threadsHandWorkToEachOther(Kind kind) throws Exception {
    rounds(
        kind,
        ROUNDS / 2,
        round -> {
          LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>();
          CountDownLatch ready = new CountDownLatch(1);
          round.go(() -> {
            round.see();
            ready.countDown();
            for (int i = 0; i < 3; i++) {
              queue.take();
              round.sleepHours(1);
              round.see();
            }
          });
          round.go(() -> {
            ready.await();
            for (int i = 0; i < 3; i++) {
              queue.add(i);
              round.sleepHours(2);
            }
          });
          round.end();
          assertThat(round.sorted()).isEqualTo(hours(0, 1, 3, 5));
        });
  }

  @RepeatedTest(20)
  void platformAndVirtualThreadsShareAThrottle() throws Exception {
    Round round = new Round(Kind.PLATFORM);
    Throttle throttle = round.throttle().rate("2/h").build();
    for (int i = 0; i < 6; i++) {
      Kind kind = Kind.values()[i % 2];
      round.started.add(
          kind.start(
              () -> {
                throttle.acquire();
                round.see();
              },
              round.thrown));
    }
    round.end();
    assertThat(round.sorted()).isEqualTo(hours(0, 0, 1, 1, 2, 2));
  }
}
