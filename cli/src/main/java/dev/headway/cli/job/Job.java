package dev.headway.cli.job;

import dev.headway.Headway;
import dev.headway.InputException;
import dev.headway.Inputs;
import dev.headway.Outcome;
import dev.headway.Results;
import dev.headway.Task;
import dev.headway.cli.option.RequestLimits;
import dev.headway.cli.option.UsageException;
import dev.headway.cli.resume.ResultFile;
import dev.headway.cli.text.FileErrors;
import dev.headway.cli.watch.Watch;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleEvent;
import dev.headway.throttle.ThrottleListener;
import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What all commands do: items from a source are run within limits, and their outcomes go to a sink.
 * It shows progress, heeds Ctrl-C, says how it ended, and can be resumed where results go to a
 * file.
 *
 * <p>It is opened, {@link #throttle} makes what items wait on, and {@link #run} runs them.
 */
public final class Job implements Closeable {

  /** The exit status of a run that was stopped early and can be resumed. */
  public static final int STOPPED = 75;

  /** The exit status of a run that has come to its end, and some of it failed. */
  public static final int SOME_FAILED = 1;

  private static final String CONTINUES = "the same command with --resume goes on from here";

  private final JobSettings settings;
  private final FailureLimit failureLimit;
  private final EntryOrder order = new EntryOrder();
  private final @Nullable SharedLimitsConnection shared;
  private final ResultFile file;
  private final Display display;
  private final Watch watch;
  private final AtomicReference<@Nullable String> stopped = new AtomicReference<>();
  private @Nullable Throttle throttle;
  private volatile @Nullable Results<?, ?> running;

  /**
   * Opens what a job needs. Results are replaced only once all options are known to be right.
   *
   * @throws UsageException if an option is wrong
   * @throws IOException if shared limits cannot be reached
   */
  public Job(JobSettings settings) throws IOException {
    this.settings = settings;
    this.failureLimit =
        new FailureLimit(settings.retries().maxFailures(), settings.retries().looksAtHost());
    settings.limits().throttle(settings.name());
    settings.results().check();
    this.watch =
        new Watch(
            settings.watch(),
            () -> display().total(),
            () -> display().money(),
            text -> display().complain(text),
            settings.files());
    this.shared =
        settings.shared().isPresent()
            ? SharingModule.require().limits(settings.shared().get())
            : null;
    this.file = openFile();
    this.display = settings.beginDisplay();
    sayWhereItContinues();
  }

  private ResultFile openFile() throws IOException {
    try {
      return settings.openResults();
    } catch (RuntimeException e) {
      if (shared != null) {
        shared.close();
      }
      throw e;
    }
  }

  private void sayWhereItContinues() {
    if (file.earlierResults() > 0 || file.wasTorn()) {
      display.remark(
          "going on after "
              + counted(file.earlierResults())
              + (file.wasTorn() ? "; one more was cut off and is repeated" : ""));
    }
  }

  private void sayWhatIsRenumbered(long line, long id) {
    display.remark(
        "lines were inserted or removed since the earlier run, whose results keep their ids: the"
            + " result of line "
            + line
            + " has the id "
            + id
            + ", and others may follow");
  }

  private void sayWhatIsLeftOver() {
    long left = file.leftOver();
    if (left > 0) {
      display.remark(
          counted(left).replaceFirst(settings.noun(), "earlier " + settings.noun())
              + (left == 1 ? " is of a line" : " are of lines")
              + " that the input no longer has");
    }
  }

  /** Where results go. */
  public ResultFile file() {
    return file;
  }

  /** What shows progress. */
  public Display display() {
    return display;
  }

  /**
   * Makes the one throttle that all items wait on.
   *
   * @param listener gets its events, too
   */
  public Throttle throttle(ThrottleListener listener) {
    ThrottleListener all =
        event -> {
          file.onEvent(settings.shown().apply(event.throttle()), event);
          watch.onEvent(host(event), event);
          order.onEvent(event);
          listener.onEvent(event);
        };
    Throttle made =
        shared == null
            ? settings
                .limits()
                .throttle(settings.name())
                .past(file.earlierStarts().of(settings.name()))
                .listener(all)
                .build()
            : shared.open(settings.sharedName(), settings.name(), settings.limits(), all);
    watch.begin("headway " + settings.name(), made, settings.limits());
    throttle = made;
    return made;
  }

  private String host(ThrottleEvent event) {
    return event.key().map(Object::toString).map(settings.shown()).orElse("");
  }

  /**
   * Says that a server lets nothing start until an instant.
   *
   * @param host as it may be shown
   * @param sentence says which one does, why, and until when
   */
  public void waits(String host, Instant until, String sentence) {
    display.waitsUntil(until);
    display.remark(sentence);
    watch.waits(host, sentence);
  }

  /** Ends the run early, so that it can be resumed: nothing new starts, and waits end. */
  public void stop(String why) {
    if (stopped.compareAndSet(null, why)) {
      // By a thread of its own, since an item may have found out.
      Thread.ofVirtual().start(this::closeRunning);
    }
  }

  private void closeRunning() {
    Results<?, ?> results = running;
    if (results != null && stopped.get() != null) {
      results.close();
    }
  }

  /**
   * Runs all items that an earlier run has not finished.
   *
   * @param adapted changes how they are run, such as their retries
   * @return the exit status
   * @throws IOException if something cannot be written, or, once what was in flight is written, if
   *     the input cannot be read further
   */
  public <T, R> int run(
      Source<T> source, Task<T, R> task, Sink<T, R> sink, UnaryOperator<Headway> adapted)
      throws IOException {
    Iterator<T> left =
        source
            .identity()
            .map(identity ->
                file.unfinished(
                    source.items(), identity, display::countEarlier, this::sayWhatIsRenumbered))
            .orElse(source.items());
    if (!settings.results().quiet() || watch.watches()) {
      source.count().ifPresent(display::totalOf);
    }
    Headway run = adapted.apply(headway());
    boolean inOrder = settings.acquiresItself();
    try (Results<T, R> results =
            run.map(
                Inputs.of(inOrder ? order.items(left) : left),
                source.cost(),
                inOrder ? order.task(task) : task);
        Interrupt interrupt = Interrupt.stops(results)) {
      running = results;
      closeRunning();
      write(results, sink, interrupt);
      // All has ended before the interrupt lets the JVM end.
      results.close();
      sink.end();
      return ended(interrupt.hasCome());
    }
  }

  private Headway headway() {
    int concurrency = settings.limits().concurrency();
    Headway run =
        settings.acquiresItself() || throttle == null
            ? Headway.unthrottled().concurrency(concurrency + RequestLimits.LOOK_AHEAD)
            : Headway.with(throttle).concurrency(concurrency);
    return settings.results().ordered() ? run.ordered() : run;
  }

  private int ended(boolean interrupted) throws IOException {
    String why = stopped.get();
    display.end(interrupted);
    watch.end(interrupted || why != null);
    if (interrupted) {
      // The JVM may end as soon as the interrupt is closed.
      file.compact();
    } else if (why != null) {
      display.complain("stopped: " + why);
    } else {
      file.complete();
      sayWhatIsLeftOver();
      return display.failed() > 0 ? SOME_FAILED : 0;
    }
    if (file.canBeContinued()) {
      display.remark(CONTINUES);
    }
    return interrupted ? Interrupt.STATUS : STOPPED;
  }

  private <T, R> void write(Results<T, R> results, Sink<T, R> sink, Interrupt interrupt)
      throws IOException {
    try {
      writeAll(results, sink, interrupt);
    } catch (InputException e) {
      writeAll(results, sink, interrupt);
      display.end(false);
      throw new IOException(
          "cannot read on in the input: " + FileErrors.reason(FileErrors.underneath(e)), e);
    }
  }

  private <T, R> void writeAll(Results<T, R> results, Sink<T, R> sink, Interrupt interrupt)
      throws IOException {
    for (Outcome<T, R> outcome : results.outcomes()) {
      if (!interrupt.hasCutShort(outcome, sink)) {
        write(outcome, sink);
      }
    }
  }

  private <T, R> void write(Outcome<T, R> outcome, Sink<T, R> sink) throws IOException {
    try {
      sink.write(outcome).ifPresent(this::tell);
      file.check();
    } catch (IOException e) {
      throw new IOException(
          "stopped after "
              + counted(display.finished())
              + ": no more can be written ("
              + FileErrors.reason(e)
              + ")"
              + (file.canBeContinued() ? "; " + CONTINUES : ""),
          e);
    }
  }

  private void tell(Sink.Summary summary) {
    summary.complaint().ifPresent(display::complain);
    display.count(summary.why().isEmpty(), summary.attempts());
    watch.ended(summary.what(), summary.attempts(), summary.why());
    failureLimit
        .reached(display.failedNow(), summary)
        .ifPresent(why -> {
          stop(why);
          closeRunning();
        });
  }

  private String counted(long count) {
    return count + " " + settings.noun() + (count == 1 ? "" : "s");
  }

  @Override
  public void close() throws IOException {
    try (SharedLimitsConnection limits = shared;
        ResultFile results = file;
        Display shown = display) {
      watch.close();
    }
  }
}
