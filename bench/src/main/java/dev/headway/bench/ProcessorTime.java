package dev.headway.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** Measures the processor time of this process since it was created. */
public final class ProcessorTime {

  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final long usedBefore = SYSTEM.getProcessCpuTime();
  private final long from = System.nanoTime();

  /** In percent of one core. */
  public double percentOfACore() {
    return 100.0 * (SYSTEM.getProcessCpuTime() - usedBefore) / (System.nanoTime() - from);
  }

  /** In percent of all cores. */
  public double percentOfAll() {
    return percentOfACore() / Runtime.getRuntime().availableProcessors();
  }
}
