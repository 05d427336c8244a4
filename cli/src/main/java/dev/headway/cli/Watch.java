package dev.headway.cli;

import dev.headway.cli.live.Controls;
import dev.headway.cli.live.LivePage;
import dev.headway.cli.progress.Display;
import dev.headway.cli.report.Page;
import dev.headway.cli.report.Picture;
import dev.headway.cli.report.Recorder;
import dev.headway.cli.report.ReportFile;
import dev.headway.limit.Counted;
import dev.headway.limit.LimitSnapshot;
import dev.headway.limit.Rate;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleListener;
import dev.headway.time.TimeSource;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Stack;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/**
 * The options by which a run can be watched, and the watching itself: {@link #check}, {@link
 * #listener} and {@link #over} while the run is prepared, {@link #begin}, {@link #ended} for each
 * piece of work, and {@link #end}. Where neither option is given, each of these does nothing.
 */
public final class Watch implements AutoCloseable {

  private static final int LARGEST_PORT = 65_535;

  @Spec(Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "At the end, draw how it went in an HTML file, which needs nothing else.")
  private @Nullable Path file;

  @Option(
      names = "--live",
      paramLabel = "PORT",
      arity = "0..1",
      fallbackValue = "0",
      preprocessor = Attached.class,
      description = {
        "Draw it while it goes on, on a page of this machine alone that can also pause it and slow"
            + " it down. Its address is said on standard error.",
        "Default: any port that is free."
      })
  private @Nullable Integer port;

  private @Nullable Recorder recorder;
  private @Nullable Controls controls;
  private @Nullable LivePage live;
  private List<LimitSnapshot> rules = List.of();
  private Optional<ReportFile> report = Optional.empty();
  private @Nullable Display display;

  /** How the run has ended, once it has. */
  private volatile @Nullable Picture last;

  /** Made by picocli. */
  public Watch() {}

  /** Takes only a value that is attached: in {@code --live urls.txt}, the file is no port. */
  static final class Attached implements IParameterPreprocessor {
    @Override
    @SuppressWarnings("JdkObsolete") // picocli's own
    public boolean preprocess(
        Stack<String> arguments, CommandSpec command, ArgSpec option, Map<String, Object> info) {
      if (!"=".equals(info.get("separator"))) {
        arguments.push(((OptionSpec) option).fallbackValue());
      }
      return false;
    }
  }

  /** Whether anything is to be watched. */
  public boolean watches() {
    return file != null || port != null;
  }

  /**
   * Says what is wrong with the options, before anything is done.
   *
   * @param others files that the report must not replace; null stands for none
   */
  public void check(@Nullable Path... others) {
    if (port != null && (port < 0 || port > LARGEST_PORT)) {
      throw wrong("--live must be a port from 1 to " + LARGEST_PORT + ", or alone, not " + port);
    }
    if (file != null) {
      report = Optional.of(new FileArguments(spec.commandLine()).report(file, others));
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** Who is to hear what the throttle does, if anybody. */
  public Optional<ThrottleListener> listener() {
    if (recorder == null && watches()) {
      recorder = new Recorder(TimeSource.system());
    }
    return Optional.ofNullable(recorder);
  }

  /** The throttle that is listened to, which can be paused and slowed down from now on. */
  public Throttle over(Throttle throttle) {
    if (recorder != null) {
      controls = new Controls(throttle, recorder::hold);
      rules = throttle.snapshot().rules();
    }
    return throttle;
  }

  /**
   * The run begins.
   *
   * @param command what runs, such as {@code headway fetch}
   * @param limits what it is to keep to, in words
   * @param eachHost rates that hold for each host by itself
   * @param counted from when those count
   * @param shown knows how much there is to do, and says what is to be said
   * @return this, to be closed when the run has ended
   */
  public Watch begin(
      String command, String limits, List<Rate> eachHost, Counted counted, Display shown) {
    display = shown;
    if (recorder != null && controls != null) {
      recorder.begin(command, limits, rules, eachHost, counted);
      if (port != null) {
        live = serve(port, recorder, controls);
        shown.complain("live at " + live.uri());
      }
    }
    return this;
  }

  private LivePage serve(int at, Recorder recording, Controls buttons) {
    try {
      return LivePage.start(at, buttons, () -> last == null ? now(recording, buttons) : last);
    } catch (BindException e) {
      throw wrong(
          "--live cannot have port %d: %s. Give another with --live=PORT, or --live alone for any"
                  .formatted(at, Faults.reason(e))
              + " that is free");
    } catch (IOException e) {
      throw wrong("--live cannot be served: " + Faults.reason(e));
    }
  }

  private Picture now(Recorder recording, Controls buttons) {
    boolean paused = buttons.paused();
    Picture.State state = paused ? Picture.State.PAUSED : Picture.State.RUNNING;
    return recording.picture(state, total(), buttons.speed());
  }

  /**
   * A piece of work has ended.
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
    if (recorder == null || last != null) {
      return;
    }
    Picture ending =
        recorder.picture(state, total(), Optional.ofNullable(controls).flatMap(Controls::speed));
    last = ending;
    report.ifPresent(to -> write(to, ending));
    if (live != null) {
      live.close();
    }
  }

  /** Nothing that goes wrong here harms the run, whose results are written. */
  private void write(ReportFile to, Picture ending) {
    try {
      to.write(Page.of(ending, Page.Kind.REPORT));
    } catch (IOException e) {
      say(
          "the report cannot be written to \"%s\": %s; the results are not affected"
              .formatted(to, Faults.reason(e)));
    }
  }

  private void say(String text) {
    if (display != null) {
      display.complain(text);
    }
  }

  private OptionalLong total() {
    return display == null ? OptionalLong.empty() : display.total();
  }

  /** Ends it if it was not ended: the run could not go on. */
  @Override
  public void close() {
    end(Picture.State.STOPPED);
  }
}
