package dev.headway.cli.practice;

import dev.headway.cli.text.Marks;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/** Draws what two servers see, side by side, a row for each step of time, as it happens. */
final class Chart {

  private static final int REQUESTS_A_MARK = 10;
  private static final int WIDTH = 32;

  private final PrintWriter out;
  private final Duration step;
  private final Side left;
  private final Side right;

  Chart(PrintWriter out, Duration step, PracticeServer left, PracticeServer right) {
    this.out = out;
    this.step = step;
    this.left = new Side(left);
    this.right = new Side(right);
  }

  /** One server, and what it had seen at the last row. */
  private static final class Side {
    private final PracticeServer server;
    private long requests;
    private long rejected;

    Side(PracticeServer server) {
      this.server = server;
    }

    /** A mark for each few requests since the last row: = for those accepted, x for the others. */
    String next() {
      ServerStats stats = server.stats();
      long came = stats.requests() - requests;
      long refused = stats.rejected() - rejected;
      requests = stats.requests();
      rejected = stats.rejected();
      return came == 0
          ? ""
          : Marks.of("=", came - refused, REQUESTS_A_MARK)
              + Marks.of("x", refused, REQUESTS_A_MARK)
              + " "
              + came;
    }
  }

  void draw(BooleanSupplier done) throws InterruptedException {
    out.printf("  seconds  %-" + WIDTH + "s %s%n", "no throttle", "headway");
    out.printf(
        "           (each mark up to %d requests: = answered, x refused)%n", REQUESTS_A_MARK);
    out.flush();
    double seconds = 0;
    boolean last = false;
    while (!last) {
      Thread.sleep(step);
      last = done.getAsBoolean();
      String row =
          String.format(
              Locale.ROOT, "  %7.2f  %-" + WIDTH + "s %s", seconds, left.next(), right.next());
      out.println(row.stripTrailing());
      out.flush();
      seconds += step.toMillis() / 1e3;
    }
    out.println();
  }
}
