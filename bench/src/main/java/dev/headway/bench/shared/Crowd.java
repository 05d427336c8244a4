package dev.headway.bench.shared;

import dev.headway.bench.peers.Limiter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Callers that call a limiter in a loop. */
final class Crowd {

  static final int SIZE = 64;

  /** The threads of the callers. */
  enum Kind {
    VIRTUAL,
    PLATFORM
  }

  private final LongAdder granted = new LongAdder();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean over;

  Crowd(Limiter limiter, Kind kind) {
    Thread.Builder builder = kind == Kind.VIRTUAL ? Thread.ofVirtual() : Thread.ofPlatform();
    for (int i = 0; i < SIZE; i++) {
      threads.add(builder.start(() -> loop(limiter)));
    }
  }

  private void loop(Limiter limiter) {
    try {
      while (!over) {
        limiter.acquire().close();
        granted.increment();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("a caller must not be interrupted", e);
    }
  }

  /** The number of grants so far. */
  long granted() {
    return granted.sum();
  }

  /** Returns when all callers have ended; fails if one failed before. */
  void end() throws InterruptedException {
    boolean allThere = threads.stream().allMatch(Thread::isAlive);
    over = true;
    for (Thread thread : threads) {
      thread.join();
    }
    if (!allThere) {
      throw new IllegalStateException("a caller ended before its time, see above");
    }
  }
}
