package dev.headway.cli.plan;

import dev.headway.cli.option.RequestLimits;
import dev.headway.cli.watch.Page;
import dev.headway.cli.watch.Picture;
import dev.headway.cli.watch.Recorder;
import dev.headway.cli.watch.ReportFile;
import dev.headway.limit.LimitSnapshot;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The report of a plan: that of a run which went as the simulated one does. */
final class PlanPage implements PlanListener {

  private static final String NAME = "plan";

  private final long warmUpNanos;
  private final SimulatedTime time = new SimulatedTime(Instant.now());
  private final Recorder recorder = new Recorder(time);
  private long requests;

  /**
   * A report of a run that has not begun.
   *
   * @param warmUp how much later than simulated all of it is
   */
  PlanPage(RequestLimits limits, Duration warmUp) {
    this.warmUpNanos = warmUp.toNanos();
    recorder.begin(
        "headway plan",
        limits.describe(),
        limits.throttle(NAME).rules().stream().map(LimitSnapshot::of).toList(),
        limits.perHost(),
        limits.counted());
  }

  @Override
  public void started(Demand demand, long atNanos, long heldNanos, String heldBy) {
    requests++;
    time.goTo(warmUpNanos + atNanos);
    recorder.granted(demand.host(), demand.cost(), Duration.ZERO);
  }

  @Override
  public void ended(Demand demand, long atNanos, long tookNanos) {
    time.goTo(warmUpNanos + atNanos);
    recorder.released(Duration.ofNanos(tookNanos));
    recorder.ended("", 1, Optional.empty());
  }

  /**
   * Writes it.
   *
   * @throws IOException if it cannot be written
   */
  void write(ReportFile file, List<Picture.Share> waitsFor) throws IOException {
    file.write(Page.of(recorder.plan(requests, waitsFor), Page.Kind.REPORT));
  }
}
