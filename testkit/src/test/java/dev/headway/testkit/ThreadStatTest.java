package dev.headway.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
@Timeout(30)
class ThreadStatTest {

  @Test
  void aThreadIsRunnableWhileItWorksAndNotWhileItWaits() throws Exception {
    CompletableFuture<ThreadStat> found = new CompletableFuture<>();
    CompletableFuture<Void> end = new CompletableFuture<>();
    Thread thread =
        Thread.ofPlatform()
            .name("a ) R name")
            .start(() -> {
              found.complete(Objects.requireNonNull(ThreadStat.ofCurrentThread()));
              end.join();
            });
    ThreadStat stat = found.get();
    ThreadStat own = Objects.requireNonNull(ThreadStat.ofCurrentThread());
    while (stat.isRunnable()) {
      Thread.onSpinWait();
    }
    assertThat(own.isRunnable()).isTrue();
    end.complete(null);
    thread.join();
    while (stat.isRunnable()) { // the system ends it a moment later
      Thread.onSpinWait();
    }
    assertThat(stat.isRunnable()).isFalse();
  }

  @Test
  void aVirtualThreadHasNone() throws Exception {
    CompletableFuture<Boolean> has = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> has.complete(ThreadStat.ofCurrentThread() != null)).join();
    assertThat(has.get()).isFalse();
  }

  /** On a busy machine it would otherwise not run for milliseconds. */
  @Test
  void aThreadThatIsUnparkedIsRunnableAtOnce() throws Exception {
    CompletableFuture<ThreadStat> found = new CompletableFuture<>();
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              found.complete(Objects.requireNonNull(ThreadStat.ofCurrentThread()));
              while (true) {
                LockSupport.park();
              }
            });
    ThreadStat stat = found.get();
    int seen = 0;
    for (int i = 0; i < 200; i++) {
      while (thread.getState() != Thread.State.WAITING || stat.isRunnable()) {
        Thread.onSpinWait();
      }
      LockSupport.unpark(thread);
      seen += stat.isRunnable() ? 1 : 0;
    }
    // It may have run and waited again meanwhile.
    assertThat(seen).isPositive();
  }
}
