package dev.headway.tests.throttle;

import com.sun.management.ThreadMXBean;
import dev.headway.Headway;
import dev.headway.Results;
import dev.headway.limit.Rate;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleEvent;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import jdk.jfr.Recording;

/** What {@link JfrTest} runs in a JVM of its own. */
final class JfrProgram {

  private JfrProgram() {}

  /** Runs a scenario, and prints a line about it: {@code run} or {@code disabled}. */
  public static void main(String[] args) throws Exception {
    System.out.println(args[0].equals("run") ? run() : Measured.bytesOfACall());
  }

  private static String run() throws InterruptedException {
    AtomicInteger events = new AtomicInteger();
    Throttle throttle =
        Throttle.builder()
            .concurrency(2)
            .listener(event -> {
              switch (event) {
                case ThrottleEvent.Granted granted -> events.incrementAndGet();
                case ThrottleEvent.Released released -> events.incrementAndGet();
                default -> {}
              }
            })
            .build();
    Throttle silent = Throttle.builder().concurrency(2).build();
    List<Integer> items = IntStream.range(0, 20).boxed().toList();
    int results = 0;
    for (Throttle each : List.of(throttle, silent)) {
      try (Results<Integer, Integer> all = Headway.with(each).map(items, item -> item)) {
        for (Integer item : all) {
          results += item >= 0 ? 1 : 0;
        }
      }
    }
    throttle.pause();
    throttle.resume();
    throttle.update(limits -> limits.concurrency(3));
    throttle.close();
    boolean hasJfr = ModuleLayer.boot().findModule("jdk.jfr").isPresent();
    return "jdk.jfr " + hasJfr + ", results " + results + ", events " + events;
  }

  /** Apart, since it needs more modules than the program does without it. */
  private static final class Measured {

    static double bytesOfACall() {
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      try (Recording recording = new Recording()) {
        recording.disable("dev.headway.Permit");
        recording.disable("dev.headway.PermitWait");
        recording.disable("dev.headway.PermitRefusal");
        recording.start();
        Rate rate = Rate.of(1_000, Duration.ofNanos(1_000));
        Throttle throttle = Throttle.builder().rate(rate).build();
        granted(throttle, 2_000);
        long before = threads.getCurrentThreadAllocatedBytes();
        int granted = granted(throttle, 1_000);
        return (threads.getCurrentThreadAllocatedBytes() - before) / (double) granted;
      }
    }

    private static int granted(Throttle throttle, int thousands) {
      int granted = 0;
      for (int i = 0; i < thousands; i++) {
        granted += ofAThousand(throttle);
      }
      return granted;
    }

    private static int ofAThousand(Throttle throttle) {
      int granted = 0;
      for (int i = 0; i < 1_000; i++) {
        if (throttle.tryAcquire().isPresent()) {
          granted++;
        }
      }
      return granted;
    }
  }
}
