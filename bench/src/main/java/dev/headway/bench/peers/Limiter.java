package dev.headway.bench.peers;

/** Grants callers at a rate. */
public interface Limiter {

  /** Waits for a grant. The caller closes it when its work has ended. */
  Held acquire() throws InterruptedException;

  /** A grant, held during the limited work. */
  interface Held {
    /** A grant of a limiter that does not count ends. */
    Held NOTHING = () -> {};

    /** Ends the grant. */
    void close();
  }
}
