package dev.headway.bench.shared;

import dev.headway.bench.peers.Limiter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Callers that ask a limiter again and again. */
final class Crowd {

  static final int SIZE = 64;

  /** What callers are. */
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

  /** How many were granted, up to now. */
  long granted() {
    return granted.sum();
  }

  /** Returns when all have had their last grant; fails if a caller did before. */
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
