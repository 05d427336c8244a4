package dev.headway.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** The machine's own timers, which are the only ones that are not tested in virtual time. */
@Isolated("needs a processor in time, and keeps all carriers busy")
class SystemTimeTest {

  private static final TimeSource TIME = TimeSource.system();

  @Test
  void aTimerRingsOnceAndNeverBeforeItsTime() throws Exception {
    int timers = 500;
    Random random = new Random(1);
    AtomicInteger early = new AtomicInteger();
    AtomicInteger rung = new AtomicInteger();
    CountDownLatch all = new CountDownLatch(timers);
    for (int i = 0; i < timers; i++) {
      long at = TIME.nanoTime() + random.nextLong(400_000) - 50_000;
      TIME.schedule(
          at,
          () -> {
            early.addAndGet(TIME.nanoTime() < at ? 1 : 0);
            rung.incrementAndGet();
            all.countDown();
          });
    }
    assertThat(all.await(1, TimeUnit.MINUTES)).isTrue();
    TimeUnit.MILLISECONDS.sleep(2);
    assertThat(early).hasValue(0);
    assertThat(rung).hasValue(timers);
  }

  @Test
  void aTimerThatIsCancelledDoesNotRing() throws Exception {
    AtomicInteger rung = new AtomicInteger();
    List<TimeSource.Timer> timers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      timers.add(TIME.schedule(TIME.nanoTime() + 20_000_000 + i, rung::incrementAndGet));
    }
    timers.forEach(TimeSource.Timer::cancel);
    CountDownLatch later = new CountDownLatch(1);
    TIME.schedule(TIME.nanoTime() + 40_000_000, later::countDown);
    assertThat(later.await(1, TimeUnit.MINUTES)).isTrue();
    assertThat(rung).hasValue(0);
  }

  @Test
  void aTimerRingsThoughNoVirtualThreadGetsToRun() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    int carriers = 2 * Runtime.getRuntime().availableProcessors();
    List<Thread> busy = new ArrayList<>();
    for (int i = 0; i < carriers; i++) {
      busy.add(
          Thread.startVirtualThread(() -> {
            while (!over.get()) {
              Thread.onSpinWait();
            }
          }));
    }
    try {
      CountDownLatch rung = new CountDownLatch(2);
      TIME.schedule(TIME.nanoTime(), rung::countDown);
      TIME.schedule(TIME.nanoTime() + 1_000_000, rung::countDown);
      assertThat(rung.await(1, TimeUnit.MINUTES)).isTrue();
    } finally {
      over.set(true);
      for (Thread thread : busy) {
        thread.join();
      }
    }
  }
}
