package dev.headway.throttle.spi;

import dev.headway.limit.Cost;

/** A caller in the queue. */
public interface WaitingCaller {

  /** What it waits for. */
  Cost cost();

  /** When it came. */
  long since();
}
