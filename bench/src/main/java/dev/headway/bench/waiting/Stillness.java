package dev.headway.bench.waiting;

import dev.headway.bench.Forked;
import dev.headway.bench.ProcessorTime;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import java.util.List;

/** Measures the processor time of many callers that wait for a slow rate, in a JVM of its own. */
public final class Stillness {

  /** The limit that they wait for. */
  enum Kind {
    WINDOW,
    SPACING
  }

  private static final long SETTLING_MILLIS = 5_000;

  private Stillness() {}

  /** In percent of a core. */
  static double percentOfACore(Kind kind, int waiting, int seconds) {
    return Forked.run(Stillness.class, List.of(), kind, waiting, seconds)[0];
  }

  /** Arguments: kind, number of callers, seconds. */
  public static void main(String[] arguments) throws InterruptedException {
    Throttle throttle =
        switch (Kind.valueOf(arguments[0])) {
          case WINDOW -> Throttle.of("10/s");
          case SPACING -> Throttle.builder().spacing("10/s").build();
        };
    for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
      Thread.startVirtualThread(() -> ask(throttle));
    }
    Thread.sleep(SETTLING_MILLIS);
    ProcessorTime used = new ProcessorTime();
    Thread.sleep(1_000L * Integer.parseInt(arguments[2]));
    Forked.answer(used.percentOfACore());
  }

  private static void ask(Throttle throttle) {
    try {
      while (true) {
        Permit permit = throttle.acquire();
        permit.close();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("no thread should be interrupted", e);
    }
  }
}
