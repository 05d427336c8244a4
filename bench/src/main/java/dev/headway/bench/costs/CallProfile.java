package dev.headway.bench.costs;

import dev.headway.bench.Profile;
import dev.headway.bench.report.Table;
import java.util.ArrayList;
import java.util.List;

/** Profiles threads that call a window. */
public final class CallProfile {

  private static final int WARM_UPS = 20;
  private static final int CALLS = 1_000_000;

  private CallProfile() {}

  static Table table(int threads) {
    return Profile.table("a window, threads: " + threads, CallProfile.class, threads);
  }

  /** Argument: the number of threads. */
  public static void main(String[] arguments) throws Exception {
    int threads = Integer.parseInt(arguments[0]);
    OurCosts costs = new OurCosts();
    Profile.answer(WARM_UPS, () -> call(costs, threads));
  }

  private static void call(OurCosts costs, int threads) throws InterruptedException {
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      all.add(
          Thread.ofPlatform()
              .start(() -> {
                Refused refused = new Refused();
                for (int j = 0; j < CALLS; j++) {
                  costs.window(refused);
                }
              }));
    }
    for (Thread thread : all) {
      thread.join();
    }
  }
}
