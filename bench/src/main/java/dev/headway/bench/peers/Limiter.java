package dev.headway.bench.peers;

/** What lets callers go on at a rate. */
public interface Limiter {

  /** Waits until the caller may go on. What it returns is closed when the caller has done so. */
  Held acquire() throws InterruptedException;

  /** What a caller holds while it does what is limited. */
  interface Held {
    /** For those that count no end. */
    Held NOTHING = () -> {};

    /** Gives it back. */
    void close();
  }
}
