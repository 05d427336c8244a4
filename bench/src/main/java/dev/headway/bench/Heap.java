package dev.headway.bench;

import java.lang.management.ManagementFactory;

/** How much of the heap is in use. */
public final class Heap {

  private Heap() {}

  /** The bytes that are left after the collector has been asked twice. */
  @SuppressWarnings("SystemGc") // what is garbage is not held
  public static long used() {
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
