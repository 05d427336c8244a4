package dev.headway.bench.report;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Collectors;

/** The machine of a measurement, without its owner. */
public record Machine(
    int cores, String java, String os, String architecture, String collector, double load) {

  /** This machine. */
  public static Machine here() {
    List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();
    return new Machine(
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("java.vm.name") + " " + Runtime.version(),
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version").replaceAll("-.*", ""),
        System.getProperty("os.arch"),
        collectors.stream()
            .map(GarbageCollectorMXBean::getName)
            .map(name -> name.replaceFirst(" .*", ""))
            .distinct()
            .collect(Collectors.joining(", ")),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }
}
