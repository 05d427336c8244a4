package dev.headway.bench;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/** Measures the heap in use. */
public final class Heap {

  /** A line of a class histogram: rank, instances, bytes, class. */
  private static final Pattern LINE = Pattern.compile("\\s*\\d+:\\s+\\d+\\s+(\\d+)\\s+(\\S+).*");

  private Heap() {}

  /** The bytes that remain after two requests to collect. */
  @SuppressWarnings("SystemGc") // garbage does not count
  public static long used() {
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /**
   * The bytes of each class, divided by a number, with the class after a space: the largest first,
   * and none below one.
   */
  public static List<String> holdings(int divisor) throws JMException {
    String histogram =
        (String)
            ManagementFactory.getPlatformMBeanServer()
                .invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                    "gcClassHistogram",
                    new Object[] {new String[0]},
                    new String[] {String[].class.getName()});
    return histogram
        .lines()
        .map(LINE::matcher)
        .filter(Matcher::matches)
        .filter(line -> Long.parseLong(line.group(1)) >= divisor)
        .map(line ->
            String.format(
                Locale.ROOT, "%.1f %s", Double.parseDouble(line.group(1)) / divisor, line.group(2)))
        .toList();
  }
}
