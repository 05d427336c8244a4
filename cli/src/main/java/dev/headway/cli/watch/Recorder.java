package dev.headway.cli.watch;

import dev.headway.limit.Cost;
import dev.headway.limit.Counted;
import dev.headway.limit.LimitSnapshot;
import dev.headway.limit.Rate;
import dev.headway.throttle.ThrottleEvent;
import dev.headway.throttle.ThrottleEvent.Granted;
import dev.headway.throttle.ThrottleEvent.Paused;
import dev.headway.throttle.ThrottleEvent.Released;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Records a run: it listens to a throttle, and gets the outcome of each piece of work. It takes no
 * more memory the longer the run is. Each call takes a lock for about a microsecond.
 */
public final class Recorder {

  private static final long FIRST_WIDTH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** How far what is called present reaches back. */
  private static final Duration PRESENT = Duration.ofSeconds(30);

  /** So many must have ended of late for the time left to be told by them. */
  private static final long ENOUGH = 5;

  /** How much of an error is looked at. */
  private static final int LONGEST = 1_000;

  private static final long PAUSED_BY_SERVER = 1;
  private static final long PAUSED_BY_HAND = 2;

  private final ReentrantLock lock = new ReentrantLock();
  private final TimeSource time;
  private final Instant began;
  private final long beganAt;
  private final Timeline timeline;
  private final Timeline.Series starts;
  private final Timeline.Series succeeded;
  private final Timeline.Series failed;
  private final Timeline.Series pauses;
  private final List<WindowMeter> meters = new ArrayList<>();
  final ServerWaits serverWaits = new ServerWaits();
  private final DurationHistogram waiting = new DurationHistogram();
  private final DurationHistogram working = new DurationHistogram();
  private final FailureKinds failures = new FailureKinds();

  /** The latest starts and ends, to a 300th of what is present. */
  private final FullestWindow lateStarts = new FullestWindow(PRESENT.toNanos());

  private final FullestWindow lateEnds = new FullestWindow(PRESENT.toNanos());
  private String command = "";
  private String limits = "";
  private long countStarted;
  private long countReleased;
  private long countSucceeded;
  private long countFailed;
  private long countAgain;
  private long pausedUntil;
  private boolean held;

  /** Begins to record. */
  public Recorder(TimeSource time) {
    this.time = time;
    began = time.instant();
    beganAt = time.nanoTime();
    pausedUntil = beganAt;
    timeline = new Timeline(beganAt, FIRST_WIDTH_NANOS);
    starts = timeline.sums();
    succeeded = timeline.sums();
    failed = timeline.sums();
    pauses = timeline.largest();
  }

  /**
   * The run is about to begin.
   *
   * @param asCommand what runs
   * @param within what it is to keep to, in words
   * @param rules the rules of its throttle; those that count over time are measured
   * @param eachHost rates that hold for each host by itself
   * @param counted from when those count
   */
  public void begin(
      String asCommand,
      String within,
      List<LimitSnapshot> rules,
      List<Rate> eachHost,
      Counted counted) {
    lock.lock();
    try {
      command = asCommand;
      limits = within;
      rules.stream().map(WindowView::of).flatMap(Optional::stream).forEach(this::measure);
      eachHost.forEach(rate -> measure(WindowView.ofEachHost(rate, counted)));
    } finally {
      lock.unlock();
    }
  }

  private void measure(WindowView limit) {
    meters.add(new WindowMeter(limit, timeline.largest()));
  }

  /**
   * An event of the throttle has happened.
   *
   * @param host the host whose throttle it is, as it may be shown; empty if it is none's
   */
  public void onEvent(String host, ThrottleEvent event) {
    switch (event) {
      case Granted granted -> granted(host, granted.cost(), granted.waited());
      case Released released -> released(released.held());
      case Paused paused -> paused(paused.pause());
      default -> {}
    }
  }

  /** A permit was granted. */
  public void granted(String host, Cost cost, Duration waited) {
    lock.lock();
    try {
      long now = goOn();
      countStarted++;
      starts.put(1);
      lateStarts.add(roughly(now));
      waiting.add(waited.toNanos());
      for (WindowMeter meter : meters) {
        meter.start(host, cost, now);
      }
    } finally {
      lock.unlock();
    }
  }

  /** A permit was closed. */
  public void released(Duration spent) {
    lock.lock();
    try {
      goOn();
      countReleased++;
      working.add(spent.toNanos());
    } finally {
      lock.unlock();
    }
  }

  /** A throttle pauses. */
  public void paused(Duration pause) {
    lock.lock();
    try {
      long now = goOn();
      long until = now + Math.min(pause.toNanos(), Long.MAX_VALUE - now);
      pausedUntil = Math.max(pausedUntil, until);
      pauses.put(PAUSED_BY_SERVER);
    } finally {
      lock.unlock();
    }
  }

  /** The run is paused by hand, or resumed. */
  public void hold(boolean nowHeld) {
    lock.lock();
    try {
      goOn();
      held = nowHeld;
      pauses.put(nowHeld ? PAUSED_BY_HAND : 0);
    } finally {
      lock.unlock();
    }
  }

  /**
   * A piece of work has ended.
   *
   * @param what it was, in words that may be shown
   * @param attempts how many it took
   * @param why it failed, if it did
   */
  public void ended(String what, int attempts, Optional<String> why) {
    // An error may say all of a long answer.
    Optional<String> begins = why.map(text -> text.substring(0, Math.min(text.length(), LONGEST)));
    lock.lock();
    try {
      lateEnds.add(roughly(goOn()));
      countAgain += Math.max(0, attempts - 1);
      if (begins.isEmpty()) {
        countSucceeded++;
        succeeded.put(1);
      } else {
        countFailed++;
        failed.put(1);
        failures.add(what, begins.get());
      }
    } finally {
      lock.unlock();
    }
  }

  /** Goes on to the present. */
  private long goOn() {
    long now = time.nanoTime();
    timeline.goOn(now, this::begin);
    return now;
  }

  private void begin(long bucketAt) {
    meters.forEach(meter -> meter.goOn(bucketAt));
    if (held) {
      pauses.put(PAUSED_BY_HAND);
    } else if (pausedUntil > bucketAt) {
      pauses.put(PAUSED_BY_SERVER);
    }
  }

  private static long roughly(long instant) {
    return instant - instant % FIRST_WIDTH_NANOS;
  }

  /**
   * The run as it is now.
   *
   * @param total how much there is to do, if that is known
   */
  public Picture picture(Picture.State state, OptionalLong total, Optional<Picture.Speed> speed) {
    return picture(state, total, speed, List.of());
  }

  /**
   * The run as it would have gone.
   *
   * @param waitsFor what it would have waited for
   */
  public Picture plan(long total, List<Picture.Share> waitsFor) {
    return picture(Picture.State.PLANNED, OptionalLong.of(total), Optional.empty(), waitsFor);
  }

  private Picture picture(
      Picture.State state,
      OptionalLong total,
      Optional<Picture.Speed> speed,
      List<Picture.Share> waitsFor) {
    lock.lock();
    try {
      long now = goOn();
      long elapsed = now - beganAt;
      return new Picture(
          command,
          limits,
          state,
          began,
          TimeUnit.NANOSECONDS.toMillis(elapsed),
          total,
          left(now, total),
          new Picture.Counts(
              countSucceeded, countFailed, countAgain, countStarted, countStarted - countReleased),
          new Picture.Pace(perSecond(lateStarts, now), perSecond(lateEnds, now)),
          new Picture.Buckets(
              timeline.widthNanos() / 1e6,
              starts.values(),
              succeeded.values(),
              failed.values(),
              pauses.values()),
          meters.stream().map(WindowMeter::picture).toList(),
          waiting.picture(),
          working.picture(),
          failures.picture(),
          speed,
          waitsFor,
          serverWaits.sentences());
    } finally {
      lock.unlock();
    }
  }

  private double perSecond(FullestWindow late, long now) {
    long span = Math.min(PRESENT.toNanos(), Math.max(FIRST_WIDTH_NANOS, now - beganAt));
    return late.count(roughly(now)) * 1e9 / span;
  }

  /** Told by what has ended of late, or where that is too little, in all. */
  private OptionalLong left(long now, OptionalLong total) {
    long ended = countSucceeded + countFailed;
    if (total.isEmpty() || ended == 0 || total.getAsLong() < ended) {
      return OptionalLong.empty();
    }
    boolean enough = lateEnds.count(roughly(now)) >= ENOUGH;
    double perSecond = enough ? perSecond(lateEnds, now) : ended * 1e9 / (now - beganAt);
    long rest = Math.round((total.getAsLong() - ended) / perSecond * 1e3);
    return OptionalLong.of(rest + TimeUnit.NANOSECONDS.toMillis(Math.max(0, pausedUntil - now)));
  }
}
