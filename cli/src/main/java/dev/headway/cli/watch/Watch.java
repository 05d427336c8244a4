package dev.headway.cli.watch;

import dev.headway.cli.model.Money;
import dev.headway.cli.option.FileArguments;
import dev.headway.cli.option.LimitOptions;
import dev.headway.cli.option.UsageException;
import dev.headway.cli.option.WatchOptions;
import dev.headway.cli.text.FileErrors;
import dev.headway.limit.LimitSnapshot;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleEvent;
import dev.headway.time.TimeSource;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Watches a run as options say: records it, serves the live page and writes the report. Where
 * neither is asked for, each method does nothing.
 */
public final class Watch implements AutoCloseable {

  private final Optional<ReportFile> report;
  private final OptionalInt port;
  private final Supplier<OptionalLong> total;
  private final Supplier<Optional<Money>> money;
  private final Consumer<String> say;
  private final @Nullable Recorder recorder;
  private @Nullable Controls controls;
  private @Nullable LivePage live;

  /** How the run has ended, once it has. */
  private volatile @Nullable Picture last;

  /**
   * Prepares to watch a run that has not begun.
   *
   * @param total how much there is to do, if that is known
   * @param money what it costs, if that is known
   * @param say prints a message
   * @param others files that the report must not replace
   * @throws UsageException if the options cannot be followed
   */
  public Watch(
      WatchOptions options,
      Supplier<OptionalLong> total,
      Supplier<Optional<Money>> money,
      Consumer<String> say,
      List<Path> others) {
    this.port = options.live();
    this.report = options.report().map(file -> reportFile(file, others));
    this.total = total;
    this.money = money;
    this.say = say;
    this.recorder =
        report.isPresent() || port.isPresent() ? new Recorder(TimeSource.system()) : null;
  }

  /**
   * A file for a report, which must be none of some others.
   *
   * @throws UsageException if it cannot be written
   */
  public static ReportFile reportFile(Path file, List<Path> others) {
    try {
      ReportFile report = new ReportFile(file);
      for (Path other : others) {
        if (report.is(other)) {
          throw new UsageException(
              "--report would replace \"" + other + "\": give it another name");
        }
      }
      return report;
    } catch (IOException e) {
      throw FileArguments.cannotWrite(file, FileErrors.reason(e));
    }
  }

  /** Whether anything is watched. */
  public boolean watches() {
    return recorder != null;
  }

  /**
   * An event of the throttle has happened.
   *
   * @param host the host whose throttle it is, as it may be shown; empty if it is none's
   */
  public void onEvent(String host, ThrottleEvent event) {
    if (recorder != null) {
      recorder.onEvent(host, event);
    }
  }

  /**
   * The run begins.
   *
   * @param command what runs, such as {@code headway fetch}
   * @param throttle what it waits on, which can be paused and slowed down from now on
   * @throws UsageException if the live page cannot be served
   */
  public void begin(String command, Throttle throttle, LimitOptions limits) {
    if (recorder == null) {
      return;
    }
    List<LimitSnapshot> rules = throttle.snapshot().rules();
    controls = new Controls(throttle, recorder::hold);
    recorder.begin(command, limits.describe(), rules, limits.perHost(), limits.counted());
    if (port.isPresent()) {
      live = serve(port.getAsInt(), recorder, controls);
      say.accept("live at " + live.uri());
    }
  }

  private LivePage serve(int at, Recorder recording, Controls buttons) {
    try {
      return LivePage.start(at, buttons, () -> last == null ? now(recording, buttons) : last);
    } catch (BindException e) {
      throw new UsageException(
          "--live cannot have port %d: %s. Give another with --live=PORT, or --live alone for any"
                  .formatted(at, FileErrors.reason(e))
              + " that is free",
          e);
    } catch (IOException e) {
      throw new UsageException("--live cannot be served: " + FileErrors.reason(e), e);
    }
  }

  /** A server lets nothing start for a while, as a sentence says. */
  public void waits(String host, String sentence) {
    if (recorder != null) {
      recorder.serverWaits.put(host, sentence);
    }
  }

  private Picture now(Recorder recording, Controls buttons) {
    Picture.State state = buttons.paused() ? Picture.State.PAUSED : Picture.State.RUNNING;
    return recording.picture(state, total.get(), buttons.speed()).costing(money.get());
  }

  /**
   * An item has ended.
   *
   * @param what it was, in words that may be shown
   * @param attempts how many it took
   * @param why it failed, if it did, in words that may be shown
   */
  public void ended(String what, int attempts, Optional<String> why) {
    if (recorder != null) {
      recorder.ended(what, attempts, why);
    }
  }

  /** The run has ended: shows how, and writes the report. */
  public void end(boolean interrupted) {
    end(interrupted ? Picture.State.INTERRUPTED : Picture.State.DONE);
  }

  private void end(Picture.State state) {
    if (recorder == null || controls == null || last != null) {
      return;
    }
    Picture ending = recorder.picture(state, total.get(), controls.speed()).costing(money.get());
    last = ending;
    report.ifPresent(file -> write(file, ending));
    if (live != null) {
      live.close();
    }
  }

  /** What goes wrong here does not harm the run, whose results are written. */
  private void write(ReportFile file, Picture ending) {
    try {
      file.write(Page.of(ending, Page.Kind.REPORT));
    } catch (IOException e) {
      say.accept(
          "the report cannot be written to \"%s\": %s; the results are not affected"
              .formatted(file, FileErrors.reason(e)));
    }
  }

  /** Ends it if it was not ended: the run could not continue. */
  @Override
  public void close() {
    end(Picture.State.STOPPED);
  }
}
