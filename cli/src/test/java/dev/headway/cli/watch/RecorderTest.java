package dev.headway.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.headway.limit.Cost;
import dev.headway.limit.Counted;
import dev.headway.limit.LimitSnapshot;
import dev.headway.limit.Rate;
import dev.headway.limit.Rule;
import dev.headway.limit.SlidingWindow;
import dev.headway.limit.Spacing;
import dev.headway.testkit.VirtualTime;
import dev.headway.testkit.Windows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class RecorderTest {

  private static final Duration NONE = Duration.ZERO;

  private final VirtualTime time = new VirtualTime();
  private final Recorder recorder = new Recorder(time);

  /** What is done in virtual time. */
  private interface Script {
    void play() throws Exception;
  }

  private void play(Script script) throws Exception {
    time.run(() -> {
      script.play();
      return null;
    });
  }

  private Picture picture() {
    return recorder.picture(Picture.State.RUNNING, OptionalLong.empty(), Optional.empty());
  }

  private static Rule rate(String rate) {
    return new Rule("rate", Cost.PERMITS, new SlidingWindow(Rate.parse(rate), Counted.FROM_START));
  }

  private static List<LimitSnapshot> snapshot(Rule... rules) {
    return Stream.of(rules).map(LimitSnapshot::of).toList();
  }

  private void measure(Rule... rules) {
    recorder.begin("headway fetch", "", snapshot(rules), List.of(), Counted.FROM_START);
  }

  @Test
  void however_long_a_run_is_it_keeps_a_few_buckets_that_leave_nothing_out() throws Exception {
    Random random = new Random(1);
    measure(rate("5/m"));
    play(() -> {
      long failed = 0;
      for (int i = 0; i < 20_000; i++) {
        recorder.granted("", Cost.one(), NONE);
        boolean well = random.nextInt(7) > 0;
        failed += well ? 0 : 1;
        recorder.ended("", 1, well ? Optional.empty() : Optional.of("kind " + i));
        recorder.released(NONE);
        time.sleep(Duration.ofMillis(random.nextInt(100_000)));
      }

      Picture picture = picture();
      Picture.Buckets timeline = picture.timeline();
      assertThat(timeline.starts())
          .hasSizeLessThanOrEqualTo(Timeline.MOST_BUCKETS)
          .hasSizeGreaterThan(Timeline.MOST_BUCKETS / 2 - 1)
          .hasSameSizeAs(timeline.failed())
          .hasSameSizeAs(picture.windows().getFirst().values());
      assertThat(timeline.widthMs() * timeline.starts().length)
          .isBetween((double) picture.elapsedMs(), picture.elapsedMs() + timeline.widthMs());
      assertThat(Arrays.stream(timeline.starts()).sum()).isEqualTo(20_000);
      assertThat(Arrays.stream(timeline.failed()).sum()).isEqualTo(failed);
      assertThat(Arrays.stream(timeline.succeeded()).sum()).isEqualTo(20_000 - failed);
      assertThat(picture.failures()).hasSize(FailureKinds.MOST_KINDS + 1);
      assertThat(picture.failures().stream().mapToLong(Picture.Failures::count).sum())
          .isEqualTo(failed);
      assertThat(picture.counts().underWay()).isZero();
    });
  }

  @Test
  void a_bucket_says_how_full_the_fullest_window_was_that_ended_in_it() throws Exception {
    Random random = new Random(2);
    // A period of 2^16 steps, and starts on whole steps: then nothing is rounded.
    long step = 20_000;
    Duration period = Duration.ofNanos(step << 16);
    measure(
        new Rule("rate", Cost.PERMITS, new SlidingWindow(new Rate(9, period), Counted.FROM_END)));
    List<Long> starts = new ArrayList<>();
    play(() -> {
      for (int i = 0; i < 300; i++) {
        time.sleep(Duration.ofNanos(step * random.nextInt(1 << 14)));
        starts.add(time.nanoTime());
        recorder.granted("a", Cost.one(), NONE);
      }
    });

    Picture.Windows windows = picture().windows().getFirst();
    long width = (long) (picture().timeline().widthMs() * 1e6);
    long[] all = starts.stream().mapToLong(Long::longValue).toArray();
    assertThat(windows.fullest()).isEqualTo(Windows.fullest(all, period));
    for (int bucket = 0; bucket < windows.values().length; bucket++) {
      assertThat(windows.values()[bucket])
          .as("bucket %d", bucket)
          .isEqualTo(fullest(starts, bucket * width, (bucket + 1) * width, period.toNanos()));
    }
  }

  private static long fullest(List<Long> starts, long from, long to, long period) {
    long fullest = 0;
    List<Long> ends = new ArrayList<>(starts.stream().filter(at -> at >= from && at < to).toList());
    ends.add(from);
    for (long end : ends) {
      fullest =
          Math.max(fullest, starts.stream().filter(at -> at > end - period && at <= end).count());
    }
    return fullest;
  }

  @Test
  void what_is_rounded_never_makes_a_window_too_long() throws Exception {
    Random random = new Random(3);
    measure(rate("1000000/s"));
    List<Long> starts = new ArrayList<>();
    play(() -> {
      for (int i = 0; i < 3_000; i++) {
        time.sleep(Duration.ofNanos(random.nextInt(2_000_000)));
        starts.add(time.nanoTime());
        recorder.granted("", Cost.one(), NONE);
      }
    });

    long[] all = starts.stream().mapToLong(Long::longValue).toArray();
    long second = Duration.ofSeconds(1).toNanos();
    assertThat((int) picture().windows().getFirst().fullest())
        .isBetween(
            Windows.fullest(all, Duration.ofNanos(second - second / 60_000)),
            Windows.fullest(all, Duration.ofSeconds(1)));
  }

  @Test
  void each_limit_is_measured_in_what_it_counts() throws Exception {
    Rule tokens =
        new Rule("rate", "tokens", new SlidingWindow(Rate.parse("500/m"), Counted.FROM_END));
    Rule spaced = new Rule("spacing", Cost.PERMITS, Spacing.of(Rate.parse("5/s")));
    recorder.begin(
        "headway fetch",
        "",
        snapshot(rate("100/m"), tokens, spaced),
        List.of(Rate.parse("2/s")),
        Counted.FROM_END);
    play(() -> {
      recorder.granted("a.example", Cost.of("tokens", 100), NONE);
      recorder.granted("b.example", Cost.of("tokens", 150), NONE);
      time.sleep(Duration.ofMillis(950));
      recorder.granted("b.example", Cost.one(), NONE);
      time.sleep(Duration.ofMillis(940));
      recorder.granted("b.example", Cost.one(), NONE);
    });

    assertThat(picture().windows())
        .extracting(Picture.Windows::label, Picture.Windows::most, Picture.Windows::fullest)
        .containsExactly(
            tuple("100/m", 100L, 4L),
            tuple("tokens 500/m, counted from the end", 500L, 250L),
            tuple("spaced 5/s", 5L, 2L),
            tuple("2/s a host, counted from the end", 2L, 2L));
    assertThat(picture().windows().getLast().fullestHost()).contains("b.example");
    assertThat(picture().windows().get(2).windowMs()).isEqualTo(900);
  }

  @Test
  void hosts_that_start_nothing_any_more_make_room_for_others() throws Exception {
    recorder.begin("", "", List.of(), List.of(Rate.parse("9/s")), Counted.FROM_START);
    play(() -> {
      for (int i = 0; i < 2 * WindowMeter.MOST_HOSTS; i++) {
        recorder.granted("host" + i, Cost.one(), NONE);
      }
      time.sleep(Duration.ofSeconds(2));
      recorder.granted("late", Cost.one(), NONE);
      recorder.granted("late", Cost.one(), NONE);
    });

    assertThat(picture().windows().getFirst().fullestHost()).contains("late");
  }

  @Test
  void durations_are_spread_as_they_were() {
    Random random = new Random(4);
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      long nanos = (long) Math.pow(10, 4 + 7 * random.nextDouble());
      millis.add(nanos / 1e6);
      recorder.granted("", Cost.one(), Duration.ofNanos(nanos));
    }
    millis.sort(null);

    Picture.Spread spread = picture().waiting();
    assertThat(spread.count()).isEqualTo(5_000);
    assertThat(spread.p50Ms()).isCloseTo(millis.get(2_499), within(millis.get(2_499) / 500));
    assertThat(spread.p99Ms()).isCloseTo(millis.get(4_949), within(millis.get(4_949) / 500));
    assertThat(spread.bars().stream().mapToLong(Picture.Bar::count).sum()).isEqualTo(5_000);
    double longer = 0;
    for (Picture.Bar bar : spread.bars()) {
      double from = longer;
      long inside = millis.stream().filter(ms -> ms > from && ms <= bar.uptoMs()).count();
      assertThat(bar.count()).isCloseTo(inside, within(10L));
      longer = bar.uptoMs();
    }
    assertThat(spread.bars().getFirst().uptoMs()).isEqualTo(0.1);
    assertThat(spread.bars().stream().map(Picture.Bar::uptoMs).limit(5))
        .containsExactly(0.1, 0.2, 0.5, 1.0, 2.0);
  }

  @Test
  void pauses_cover_the_time_that_they_take() throws Exception {
    play(() -> {
      time.sleep(Duration.ofMillis(250));
      recorder.paused(Duration.ofMillis(300));
      time.sleep(Duration.ofMillis(500));
      recorder.hold(true);
      time.sleep(Duration.ofMillis(200));
      recorder.hold(false);
      time.sleep(Duration.ofMillis(100));
    });

    assertThat(picture().timeline().pauses()).containsExactly(0, 0, 1, 1, 1, 1, 0, 2, 2, 2, 0);
  }

  @Test
  void the_time_left_follows_the_present_pace() throws Exception {
    play(() -> {
      for (int i = 0; i < 100; i++) {
        recorder.ended("", 2, Optional.empty());
        time.sleep(Duration.ofSeconds(i < 50 ? 1 : 2));
      }
    });

    Picture picture =
        recorder.picture(Picture.State.RUNNING, OptionalLong.of(160), Optional.empty());
    assertThat(picture.pace().ends()).isCloseTo(0.5, within(0.05));
    assertThat(picture.leftMs().orElseThrow()).isCloseTo(120_000, within(12_000L));
    assertThat(picture.counts().again()).isEqualTo(100);
  }

  @Test
  void a_failure_is_of_the_kind_that_its_error_begins_with() {
    recorder.ended("u1", 1, Optional.of("the server answered 404: <b>no</b>"));
    recorder.ended("u2", 1, Optional.of("the server answered 404"));
    recorder.ended("", 1, Optional.of("line 7: it is not UTF-8 text"));
    recorder.ended("", 1, Optional.of("line 9: it is too long"));
    recorder.ended("x", 1, Optional.of("exit status 3"));

    assertThat(picture().failures())
        .containsExactly(
            new Picture.Failures(
                "the server answered 404", 2, "u1: the server answered 404: <b>no</b>"),
            new Picture.Failures("a line that cannot be used", 2, "line 7: it is not UTF-8 text"),
            new Picture.Failures("exit status 3", 1, "x: exit status 3"));
  }
}
