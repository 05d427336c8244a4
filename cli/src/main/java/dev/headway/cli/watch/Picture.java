package dev.headway.cli.watch;

import dev.headway.cli.model.Money;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A run at one instant: what the page shows, and has in it as JSON.
 *
 * @param command what runs, such as {@code headway fetch}
 * @param limits what it is asked to keep to, in words
 * @param state how it is
 * @param began when it began
 * @param elapsedMs how long ago that was
 * @param total how much there is to do, if that is known
 * @param leftMs how long it will still take, if that can be told
 * @param counts what has come of it so far
 * @param pace how fast it is at present
 * @param timeline how it went
 * @param windows how full the windows of each limit became
 * @param waiting how long starts have waited for the limits
 * @param working how long what was started took, once it has ended
 * @param failures what failed, by kind, the most frequent first
 * @param speed to which rate it is held, where that can be changed
 * @param waitsFor what a run that is planned would wait for
 * @param serverWaits the waits that servers asked for, the last one of each first, as sentences
 * @param money what it costs, in words, if that is known
 */
@SuppressWarnings("ArrayRecordComponent") // pictures are never compared
public record Picture(
    String command,
    String limits,
    State state,
    Instant began,
    long elapsedMs,
    OptionalLong total,
    OptionalLong leftMs,
    Counts counts,
    Pace pace,
    Buckets timeline,
    List<Windows> windows,
    Spread waiting,
    Spread working,
    List<Failures> failures,
    Optional<Speed> speed,
    List<Share> waitsFor,
    List<String> serverWaits,
    Optional<String> money) {

  /** A run that costs nothing. */
  Picture(
      String command,
      String limits,
      State state,
      Instant began,
      long elapsedMs,
      OptionalLong total,
      OptionalLong leftMs,
      Counts counts,
      Pace pace,
      Buckets timeline,
      List<Windows> windows,
      Spread waiting,
      Spread working,
      List<Failures> failures,
      Optional<Speed> speed,
      List<Share> waitsFor,
      List<String> serverWaits) {
    this(
        command,
        limits,
        state,
        began,
        elapsedMs,
        total,
        leftMs,
        counts,
        pace,
        timeline,
        windows,
        waiting,
        working,
        failures,
        speed,
        waitsFor,
        serverWaits,
        Optional.empty());
  }

  /** The same with what it costs, if that is known. */
  Picture costing(Optional<Money> sum) {
    return new Picture(
        command,
        limits,
        state,
        began,
        elapsedMs,
        total,
        leftMs,
        counts,
        pace,
        timeline,
        windows,
        waiting,
        working,
        failures,
        speed,
        waitsFor,
        serverWaits,
        sum.map(Money::toString));
  }

  /** How a run is. */
  public enum State {
    /** A plan: this is how it would go. */
    PLANNED,
    /** It runs. */
    RUNNING,
    /** Nothing new is started until it is resumed. */
    PAUSED,
    /** It has done all there was to do. */
    DONE,
    /** It was interrupted. */
    INTERRUPTED,
    /** It could not continue. */
    STOPPED
  }

  /**
   * What has come of a run.
   *
   * @param succeeded how much has gone well
   * @param failed how much has failed
   * @param again how many retries there were
   * @param started how many starts there were
   * @param underWay how many of those have not ended
   */
  public record Counts(long succeeded, long failed, long again, long started, long underWay) {}

  /**
   * How fast a run is.
   *
   * @param starts a second
   * @param ends how much was finished, a second
   */
  public record Pace(double starts, double ends) {}

  /**
   * Numbers over time, in buckets of one width.
   *
   * @param widthMs of a bucket
   * @param starts in each
   * @param succeeded in each
   * @param failed in each
   * @param pauses 1 where a server asked for a pause, 2 where the run was paused by hand
   */
  public record Buckets(
      double widthMs, long[] starts, long[] succeeded, long[] failed, long[] pauses) {}

  /**
   * How full the windows of a limit became.
   *
   * @param label the limit in words
   * @param unit what is counted
   * @param most how much there may be in a window
   * @param windowMs how long a window is
   * @param fullest how much was in the fullest of all
   * @param fullestHost whose that was, where each host has its own
   * @param values the fullest in each bucket of the timeline
   */
  public record Windows(
      String label,
      String unit,
      long most,
      double windowMs,
      long fullest,
      Optional<String> fullestHost,
      long[] values) {}

  /**
   * How durations are spread.
   *
   * @param count how many there are
   * @param p50Ms half took no longer
   * @param p90Ms nine tenths took no longer
   * @param p99Ms all but a hundredth took no longer
   * @param maxMs none took longer
   * @param bars how many there are of which length
   */
  public record Spread(
      long count, double p50Ms, double p90Ms, double p99Ms, double maxMs, List<Bar> bars) {}

  /**
   * How many durations there are of about one length.
   *
   * @param uptoMs the longest that are meant; the shortest are longer than the bar before
   * @param count how many
   */
  public record Bar(double uptoMs, long count) {}

  /**
   * What failed in one way.
   *
   * @param kind the way
   * @param count how often
   * @param example what one of them was, and what it said
   */
  public record Failures(String kind, long count, String example) {}

  /**
   * To which rate a run is held.
   *
   * @param given the rate that it was given
   * @param now the rate at present
   * @param percent how much that is of the given
   * @param slowest the smallest percentage that it may be set to
   */
  public record Speed(String given, String now, int percent, int slowest) {}

  /**
   * What a run would wait for.
   *
   * @param limit what it is
   * @param share the part of the time for which that holds up the next start
   * @param otherwise how it would be if that were different; empty if nothing can be
   */
  public record Share(String limit, double share, String otherwise) {}
}
