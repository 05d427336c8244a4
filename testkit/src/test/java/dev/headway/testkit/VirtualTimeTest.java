package dev.headway.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.headway.throttle.Throttle;
import dev.headway.time.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class VirtualTimeTest {

  private final VirtualTime time = new VirtualTime();

  @Test
  void aDayPassesInNoTime() throws Exception {
    Instant before = time.instant();
    time.run(() -> {
      time.sleep(Duration.ofDays(1));
      return null;
    });
    assertThat(time.elapsed()).isEqualTo(Duration.ofDays(1));
    assertThat(time.instant()).isEqualTo(before.plus(Duration.ofDays(1)));
  }

  @Test
  void sleepersWakeInOrderAndAtTheirInstants() throws Exception {
    ConcurrentSkipListMap<Long, Integer> woken = new ConcurrentSkipListMap<>();
    List<CompletableFuture<Void>> done = new ArrayList<>();
    time.run(() -> {
      for (int i = 0; i < 300; i++) {
        int millis = (i * 37) % 300 + 1;
        CompletableFuture<Void> end = new CompletableFuture<>();
        done.add(end);
        time.start(
            "sleeper " + i,
            () -> {
              sleep(Duration.ofMillis(millis));
              woken.put(time.nanoTime(), millis);
              end.complete(null);
            });
      }
      done.forEach(time::await);
      return null;
    });
    assertThat(woken).hasSize(300);
    woken.forEach((at, millis) -> assertThat(at).isEqualTo(millis * 1_000_000L));
  }

  private void sleep(Duration duration) {
    try {
      time.sleep(duration);
    } catch (InterruptedException e) {
      throw new CompletionException(e);
    }
  }

  @Test
  void timeStandsWhileSomebodyIsBusy() throws Exception {
    time.run(() -> {
      CompletableFuture<Void> end = new CompletableFuture<>();
      time.start(
          "other",
          () -> {
            sleep(Duration.ofNanos(1));
            end.complete(null);
          });
      long until = System.nanoTime() + 20_000_000;
      while (System.nanoTime() < until) {
        assertThat(time.elapsed()).isZero();
      }
      time.await(end);
      assertThat(time.elapsed()).isEqualTo(Duration.ofNanos(1));
      return null;
    });
  }

  @Test
  void actionsOfOneInstantRunInTheOrderOfTheirMaking() throws Exception {
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    time.run(() -> {
      for (int i = 0; i < 50; i++) {
        int number = i;
        time.schedule(i < 25 ? 20 : 10, () -> order.add(number));
      }
      time.schedule(15, () -> order.add(-1)).cancel();
      time.sleep(Duration.ofNanos(30));
      return null;
    });
    assertThat(order.subList(0, 25)).first().isEqualTo(25);
    assertThat(order.subList(25, 50)).first().isEqualTo(0);
    assertThat(order).hasSize(50).doesNotContain(-1);
  }

  @Test
  void anActionThatThrowsHarmsNobody() throws Exception {
    AtomicInteger ran = new AtomicInteger();
    time.run(() -> {
      Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> ran.addAndGet(10));
      time.schedule(
          5,
          () -> {
            throw new IllegalArgumentException("thrown on purpose");
          });
      time.schedule(6, ran::incrementAndGet);
      time.sleep(Duration.ofNanos(10));
      return null;
    });
    assertThat(ran).hasValue(11);
    assertThat(time.elapsed()).isEqualTo(Duration.ofNanos(10));
  }

  @Test
  void anUnparkIsRemembered() throws Exception {
    time.run(() -> {
      time.unpark(Thread.currentThread());
      time.park(this, TimeSource.NEVER);
      time.park(this, 7);
      assertThat(time.nanoTime()).isEqualTo(7);
      time.park(this, 3);
      assertThat(time.nanoTime()).isEqualTo(7);
      return null;
    });
  }

  @RepeatedTest(200)
  void whoIsInterruptedWakesAtThatInstant() throws Exception {
    time.run(() -> {
      CompletableFuture<Long> woken = new CompletableFuture<>();
      Thread sleeper =
          time.start(
              "sleeper",
              () -> {
                try {
                  time.sleep(Duration.ofDays(1));
                } catch (InterruptedException e) {
                  woken.complete(time.nanoTime());
                }
              });
      time.sleep(Duration.ofNanos(5));
      sleeper.interrupt();
      time.sleep(Duration.ofNanos(5));
      assertThat(time.await(woken)).isEqualTo(5);
      return null;
    });
  }

  @Test
  void everybodyWaitingForWhatNeverHappensIsAnErrorThatSaysWho() {
    assertThatIllegalStateException()
        .isThrownBy(() ->
            time.run(() -> {
              time.start("hopeful", () -> time.park("a miracle", TimeSource.NEVER));
              return time.await(new CompletableFuture<>());
            }))
        .withMessageContaining("hopeful for a miracle")
        .withMessageContaining("run for");
  }

  @Test
  void whatTheBodyThrowsIsThrown() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() ->
            time.run(() -> {
              throw new IOException("on purpose");
            }));
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() ->
            time.run(() -> {
              throw new AssertionError("on purpose");
            }));
  }

  @Test
  void aThreadOfAnothersMakingTakesPartWhileItWaitsHere() throws Exception {
    time.sleep(Duration.ofHours(1));
    assertThat(time.elapsed()).isEqualTo(Duration.ofHours(1));
    CompletableFuture<Long> other = new CompletableFuture<>();
    time.start(
        "member",
        () -> {
          sleep(Duration.ofHours(1));
          other.complete(time.nanoTime());
        });
    assertThat(time.await(other)).isEqualTo(Duration.ofHours(2).toNanos());
  }

  @Test
  void aSleepWithoutEndLastsUntilItIsInterrupted() throws Exception {
    Thread[] sleeper = new Thread[1];
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    time.run(() -> {
      sleeper[0] =
          time.start(
              "forever",
              () -> {
                try {
                  time.sleep(Duration.ofSeconds(Long.MAX_VALUE));
                  interrupted.complete(false);
                } catch (InterruptedException e) {
                  interrupted.complete(true);
                }
              });
      time.sleep(Duration.ofDays(1));
      time.interrupt(sleeper[0]);
      return time.await(interrupted);
    });
    assertThat(interrupted).isCompletedWithValue(true);
    assertThat(time.elapsed()).isEqualTo(Duration.ofDays(1));
  }

  @Test
  void aMemberThatWaitsForAnythingElseFailsAndSaysWhereAndWhatToDo() {
    Throttle throttle = Throttle.builder().rate("1/h").timeSource(time).build();
    assertThatIllegalStateException()
        .isThrownBy(() ->
            time.run(() -> {
              throttle.acquire();
              return throttle.acquireAsync().get();
            }))
        .withMessageContaining("run, WAITING on java.util.concurrent.CompletableFuture")
        .withMessageContaining("at dev.headway.testkit.VirtualTimeTest")
        .withMessageContaining("VirtualTime.await");
  }

  @Test
  void aMemberThatWaitsForALockThatAWaitingOneHasFails() {
    ReentrantLock lock = new ReentrantLock();
    assertThatIllegalStateException()
        .isThrownBy(() ->
            time.run(() -> {
              CompletableFuture<Void> end = new CompletableFuture<>();
              time.start(
                  "holder",
                  () -> {
                    lock.lock();
                    try {
                      time.start(
                          "locked out",
                          () -> {
                            lock.lock();
                            try {
                              end.complete(null);
                            } finally {
                              lock.unlock();
                            }
                          });
                      sleep(Duration.ofHours(1));
                    } finally {
                      lock.unlock();
                    }
                  });
              return time.await(end);
            }))
        .withMessageContaining("locked out, WAITING on java.util.concurrent.locks.ReentrantLock")
        .withMessageContaining("holder for");
  }

  @Test
  void whereNoRunWaitsACallerThatWaitsHereIsToldOfAStuckMember() {
    CompletableFuture<Void> never = new CompletableFuture<>();
    time.start("stuck", never::join);
    assertThatIllegalStateException()
        .isThrownBy(() -> time.sleep(Duration.ofHours(1)))
        .withMessageContaining("stuck, WAITING");
  }

  @Test
  void aMemberThatWaitsForSomethingRealHoldsTime() throws Exception {
    time.run(() -> {
      CompletableFuture<Void> end = new CompletableFuture<>();
      time.start(
          "sleeper",
          () -> {
            sleep(Duration.ofHours(1));
            end.complete(null);
          });
      CompletableFuture<Integer> real =
          CompletableFuture.supplyAsync(
              () -> 1, CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS));
      assertThat(real.get()).isEqualTo(1);
      assertThat(time.elapsed()).isZero();
      return time.await(end);
    });
  }

  @Test
  void whatOtherThreadsDoForRealCanBeAwaited() throws Exception {
    CompletableFuture<Integer> real =
        CompletableFuture.supplyAsync(
            () -> 1, CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS));
    assertThat(time.run(() -> time.await(real))).isEqualTo(1);
  }

  @Test
  void aRunInsideARunWaitsInThisTime() throws Exception {
    time.run(() ->
        time.run(() -> {
          sleep(Duration.ofHours(1));
          return null;
        }));
    assertThat(time.elapsed()).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void anythingThatIsScheduledForNeverDoesNotHappen() throws Exception {
    AtomicInteger ran = new AtomicInteger();
    time.schedule(TimeSource.NEVER, ran::incrementAndGet);
    time.schedule(Long.MIN_VALUE, () -> ran.addAndGet(10));
    time.sleep(Duration.ofHours(1));
    assertThat(ran).hasValue(10);
    assertThat(time.elapsed()).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void durationsOfAnyLengthCanBeSlept() throws Exception {
    time.sleep(Duration.ofSeconds(Long.MIN_VALUE));
    time.sleep(Duration.ZERO);
    assertThat(time.elapsed()).isZero();
    time.sleep(Duration.ofNanos(Long.MAX_VALUE - 1));
    assertThat(time.elapsed()).isEqualTo(Duration.ofNanos(Long.MAX_VALUE - 1));
    assertThat(new VirtualTime(Instant.MAX).instant()).isEqualTo(Instant.MAX);
  }
}
