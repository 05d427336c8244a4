package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.limit.Counted;
import dev.headway.testkit.Windows;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Snapshot;
import dev.headway.throttle.Throttle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads that do everything at once. */
class StressTest {

  private static long[] longs(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }

  /** A stay in line: from when it counts, from when it was, until when, and how it ended. */
  private record Stay(long rank, long from, long until, boolean granted) {}

  /**
   * 200 threads for a simulated day, of several priorities, that are interrupted, time out and
   * cancel at random.
   */
  @Test
  void aDayOfInterruptsTimeOutsAndCancellationsLosesNothingAndKeepsTheOrder() throws Exception {
    long day = Duration.ofDays(1).toNanos();
    List<Stay> stays = Collections.synchronizedList(new ArrayList<>());
    List<Long> starts = Collections.synchronizedList(new ArrayList<>());
    List<Long> held = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger running = new AtomicInteger();
    AtomicInteger mostRunning = new AtomicInteger();
    Throttle[] throttles = new Throttle[1];
    Scene.play(scene -> {
      Throttle throttle =
          scene.throttle().rate("20/m").rate("300/h", Counted.FROM_END).concurrency(12).build();
      throttles[0] = throttle;
      for (int i = 0; i < 200; i++) {
        Random random = new Random(i);
        Duration headStart = Duration.ofMinutes(i % 4 == 0 ? 30 : i % 4 == 1 ? -30 : 0);
        Throttle entrance = throttle.withPriority(headStart);
        scene.start(() -> {
          while (scene.now() < day) {
            long from = scene.now();
            Optional<Permit> permit = acquire(scene, entrance, random);
            boolean granted = permit.isPresent();
            stays.add(new Stay(from - headStart.toNanos(), from, scene.now(), granted));
            if (granted) {
              try (Permit it = permit.get()) {
                mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
                starts.add(scene.now());
                scene.time.sleep(Duration.ofSeconds(random.nextInt(60)));
                held.add(scene.now());
                running.decrementAndGet();
              }
              scene.time.sleep(Duration.ofSeconds(random.nextInt(1_200)));
            }
          }
        });
      }
    });
    assertThat(Windows.fullest(longs(starts), Duration.ofMinutes(1))).isLessThanOrEqualTo(20);
    assertThat(Windows.fullest(longs(held), Duration.ofHours(1))).isLessThanOrEqualTo(300);
    assertThat(mostRunning.get()).isLessThanOrEqualTo(12);
    List<Stay> granted = stays.stream().filter(Stay::granted).toList();
    assertThat(granted).hasSizeBetween(24 * 250, 26 * 300);
    assertThat(stays).hasSizeGreaterThan(granted.size() + 1_000);
    assertThat(overtaken(granted, stays)).as("passed over by one who counts as later").isEmpty();
    Snapshot end = throttles[0].snapshot();
    assertThat(end.running()).isZero();
    assertThat(end.waiting()).isZero();
    assertThat(end.granted()).isEqualTo(granted.size());
  }

  /** Those who stood in line while one was served who should have come after them. */
  private static List<Stay> overtaken(List<Stay> granted, List<Stay> stays) {
    List<Stay> overtaken = new ArrayList<>();
    for (Stay other : stays) {
      for (Stay served : granted) {
        if (other.from < served.until && served.until < other.until && other.rank < served.rank) {
          overtaken.add(other);
        }
      }
    }
    return overtaken;
  }

  private static Optional<Permit> acquire(Scene scene, Throttle throttle, Random random)
      throws InterruptedException {
    switch (random.nextInt(4)) {
      case 0 -> {
        return throttle.tryAcquire(Duration.ofSeconds(random.nextInt(2_000)));
      }
      case 1 -> {
        CompletableFuture<Permit> future = throttle.acquireAsync();
        scene.time.schedule(
            scene.now() + Duration.ofSeconds(random.nextInt(2_000)).toNanos(),
            () -> future.cancel(true));
        try {
          return Optional.of(scene.time.await(future));
        } catch (CancellationException | CompletionException e) {
          return Optional.empty();
        }
      }
      case 2 -> {
        Thread current = Thread.currentThread();
        boolean[] over = {false};
        scene.time.schedule(
            scene.now() + Duration.ofSeconds(random.nextInt(2_000)).toNanos(),
            () -> {
              synchronized (over) {
                if (!over[0]) {
                  current.interrupt();
                }
              }
            });
        try {
          return Optional.of(throttle.acquire());
        } catch (InterruptedException e) {
          return Optional.empty();
        } finally {
          synchronized (over) {
            over[0] = true;
          }
          Thread.interrupted();
        }
      }
      default -> {
        return Optional.of(throttle.acquire());
      }
    }
  }

  /** Never in real life either: the instants are taken by callers while they hold a permit. */
  @ParameterizedTest
  @CsvSource({"1000, true", "1000, false", "10000, true", "10000, false"})
  void inRealTimeAllThatHappensWhilePermitsAreHeldIsLimited(int perSecond, boolean virtual)
      throws Exception {
    int tenth = perSecond / 10;
    Throttle throttle = Throttle.builder().rate(tenth + "/100ms", Counted.FROM_END).build();
    int threads = 50;
    int rounds = 5;
    AtomicInteger left = new AtomicInteger(rounds * tenth);
    List<Long> instants = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch done = new CountDownLatch(threads);
    Runnable body =
        () -> {
          List<Long> own = new ArrayList<>();
          try {
            while (left.getAndDecrement() > 0) {
              try (Permit permit = throttle.acquire()) {
                own.add(System.nanoTime());
              }
            }
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          } finally {
            instants.addAll(own);
            done.countDown();
          }
        };
    long begin = System.nanoTime();
    for (int i = 0; i < threads; i++) {
      if (virtual) {
        Thread.ofVirtual().start(body);
      } else {
        Thread.ofPlatform().start(body);
      }
    }
    done.await();
    long took = System.nanoTime() - begin;
    assertThat(instants).hasSize(rounds * tenth);
    assertThat(Windows.fullest(longs(instants), Duration.ofMillis(100))).isLessThanOrEqualTo(tenth);
    assertThat(took).isGreaterThanOrEqualTo((rounds - 1) * 100_000_000L);
  }

  /** As far as a caller can tell: it may lose its processor before it reads the clock itself. */
  @ParameterizedTest
  @ValueSource(ints = {100, 1_000})
  void inRealTimeNoStretchHoldsMoreStartsThanItMayThoughSomeWakeLate(int tenth) throws Exception {
    Throttle throttle = Throttle.of(tenth + "/100ms");
    int rounds = 8;
    AtomicInteger left = new AtomicInteger(rounds * tenth);
    List<Long> instants = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch done = new CountDownLatch(50);
    for (int i = 0; i < 50; i++) {
      Thread.startVirtualThread(() -> {
        try {
          while (left.getAndDecrement() > 0) {
            throttle.acquire();
            instants.add(System.nanoTime());
          }
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        } finally {
          done.countDown();
        }
      });
    }
    done.await();
    assertThat(Windows.fullest(longs(instants), Duration.ofMillis(100)))
        .isLessThanOrEqualTo(tenth + tenth / 20);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void noWakeUpIsLostOnRealThreads(int atOnce) throws Exception {
    Throttle throttle = Throttle.builder().concurrency(atOnce).build();
    AtomicInteger left = new AtomicInteger(200_000);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(8);
    for (int i = 0; i < 8; i++) {
      Runnable body =
          () -> {
            try {
              while (left.getAndDecrement() > 0) {
                try (Permit permit = throttle.acquire()) {
                  most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                  inside.decrementAndGet();
                }
              }
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            } finally {
              done.countDown();
            }
          };
      Thread thread = i % 2 == 0 ? Thread.ofVirtual().unstarted(body) : new Thread(body);
      thread.start();
    }
    done.await();
    assertThat(most.get()).isLessThanOrEqualTo(atOnce);
    Snapshot end = throttle.snapshot();
    assertThat(end.running()).isZero();
    assertThat(end.waiting()).isZero();
    assertThat(end.granted()).isEqualTo(200_000);
  }

  @Test
  void noTimerIsLostOnRealThreads() throws Exception {
    Throttle throttle = Throttle.of("3/100us", "200/20ms");
    AtomicInteger left = new AtomicInteger(5_000);
    CountDownLatch done = new CountDownLatch(16);
    for (int i = 0; i < 16; i++) {
      Random random = new Random(i);
      Runnable body =
          () -> {
            try {
              while (left.get() > 0) {
                Optional<Permit> permit =
                    random.nextInt(3) == 0
                        ? throttle.tryAcquire(Duration.ofNanos(random.nextInt(300_000)))
                        : Optional.of(throttle.acquireAsync(1 + random.nextInt(3)).join());
                permit.ifPresent(Permit::close);
                left.addAndGet(permit.isPresent() ? -1 : 0);
              }
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            } finally {
              done.countDown();
            }
          };
      Thread.ofPlatform().start(body);
    }
    done.await();
    assertThat(throttle.snapshot().waiting()).isZero();
    assertThat(throttle.snapshot().running()).isZero();
  }
}
