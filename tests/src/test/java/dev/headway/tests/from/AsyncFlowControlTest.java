package dev.headway.tests.from;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.headway.limit.Rate;
import dev.headway.testkit.Stopwatch;
import dev.headway.tests.throttle.Scene;
import dev.headway.throttle.AcquireTimeoutException;
import dev.headway.throttle.LoggingListener;
import dev.headway.throttle.Permit;
import dev.headway.throttle.QueueFullException;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleEvent;
import dev.headway.throttle.ThrottleExceededException;
import dev.headway.throttle.ThrottleListener;
import dev.headway.throttle.Throttled;
import dev.headway.throttle.WaitTooLongException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What async-flow-control is for, and what its own tests look at. */
class AsyncFlowControlTest {

  private final List<Duration> starts = Collections.synchronizedList(new ArrayList<>());
  private final List<Duration> ends = Collections.synchronizedList(new ArrayList<>());

  /** What became of each caller: its own number, or the name of the exception that it got. */
  private final Map<Integer, Object> became = new ConcurrentSkipListMap<>();

  private static Duration millis(long millis) {
    return Duration.ofMillis(millis);
  }

  private static List<Duration> allMillis(long... millis) {
    return Arrays.stream(millis).mapToObj(Duration::ofMillis).toList();
  }

  private int work(Scene scene, int who, Duration takes) throws InterruptedException {
    starts.add(scene.time.elapsed());
    scene.time.sleep(takes);
    ends.add(scene.time.elapsed());
    return who;
  }

  private void serve(Scene scene, Throttle throttle, int who, Duration takes)
      throws InterruptedException {
    try (Permit permit = throttle.acquire()) {
      became.put(who, work(scene, who, takes));
    } catch (ThrottleExceededException e) {
      became.put(who, e.getClass().getSimpleName());
    }
  }

  private void oneAfterAnother(Scene scene, Throttle throttle, int count, Duration takes)
      throws InterruptedException {
    for (int who = 0; who < count; who++) {
      serve(scene, throttle, who, takes);
    }
  }

  /** At one instant, in order, each in a thread of its own; not waited for. */
  private void together(Scene scene, Throttle throttle, int count, Duration takes) {
    for (int i = 0; i < count; i++) {
      int who = i;
      scene.go(() -> serve(scene, throttle, who, takes));
    }
  }

  private void nextRound(Scene scene, Duration pause) {
    scene.sleep(pause);
    starts.clear();
    became.clear();
  }

  @Test
  void aSingleTaskDoesNotWait() throws Exception {
    Scene.play(scene -> oneAfterAnother(scene, scene.throttle("1/s"), 1, millis(100)));
    assertThat(ends).isEqualTo(allMillis(100));
  }

  @Test
  void fourASecondSpacedStartAQuarterApartThoughTheWorkTakesLess() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().spacing("4/s").build();
      oneAfterAnother(scene, throttle, 4, millis(100));
    });
    assertThat(starts).isEqualTo(allMillis(0, 250, 500, 750));
    assertThat(ends).last().isEqualTo(millis(3 * 250 + 100));
  }

  @Test
  void aRateOfAnyPeriodSpacesByItsInterval() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().spacing(Rate.of(8, Duration.ofSeconds(2))).build();
      oneAfterAnother(scene, throttle, 4, millis(100));
    });
    assertThat(starts).isEqualTo(allMillis(0, 250, 500, 750));
  }

  @Test
  void aStartCanBeWaitedForWithoutABlock() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().spacing("8/2s").build();
      for (int n = 0; n < 4; n++) {
        throttle.acquire().close();
        work(scene, n, millis(100));
      }
    });
    assertThat(starts).isEqualTo(allMillis(0, 250, 500, 750));
  }

  @Test
  void tasksOfARateLaunchedTogetherStartOneIntervalApartInTheirOrder() throws Exception {
    Scene.play(scene -> together(scene, scene.throttle().spacing("5/s").build(), 10, millis(50)));
    assertThat(starts)
        .isEqualTo(allMillis(0, 200, 400, 600, 800, 1_000, 1_200, 1_400, 1_600, 1_800));
    assertThat(ends).last().isEqualTo(millis(9 * 200 + 50));
    assertThat(became.values()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  @Test
  void aRateLimitsStartsAndNotHowManyRun() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().spacing("5/s").build();
      together(scene, throttle, 10, Duration.ofHours(1));
      scene.sleep(Duration.ofSeconds(2));
      assertThat(throttle.snapshot().running()).isEqualTo(10);
    });
  }

  @Test
  void aBurstOfThreeLetsOneAndThreeStartAtOnceAndThenKeepsTheRate() throws Exception {
    int burst = 3;
    Scene.play(scene ->
        together(scene, scene.throttle().tokenBucket("5/s", burst + 1).build(), 10, millis(50)));
    assertThat(starts).isEqualTo(allMillis(0, 0, 0, 0, 200, 400, 600, 800, 1_000, 1_200));
    assertThat(ends).last().isEqualTo(millis(6 * 200 + 50));
  }

  @Test
  void aBurstComesBackWithTheTimeInWhichNobodyStarts() throws Exception {
    int burst = 3;
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().tokenBucket("5/s", burst + 1).build();
      together(scene, throttle, 10, millis(50));
      nextRound(scene, millis(1_200 + 3 * 200));
      together(scene, throttle, 4, millis(50));
      scene.sleep(millis(10_000));
      assertThat(starts).isEqualTo(allMillis(1_800, 1_800, 1_800, 2_000));

      nextRound(scene, Duration.ofDays(1));
      Duration then = scene.time.elapsed();
      together(scene, throttle, 5, millis(50));
      scene.sleep(millis(10_000));
      assertThat(starts.stream().map(start -> start.minus(then)))
          .as("no more comes back than was there at first")
          .isEqualTo(allMillis(0, 0, 0, 0, 200));
    });
  }

  @Test
  void noMoreWaitThanMayAndTheNextIsRefusedAtOnce() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().spacing("5/s").maxWaiting(4).build();
      together(scene, throttle, 5, millis(50));
      nextRound(scene, Duration.ofSeconds(2));
      together(scene, throttle, 6, millis(50));
      assertThat(became).containsOnly(Map.entry(5, "QueueFullException"));
      scene.sleep(Duration.ofSeconds(2));
      assertThat(became.values()).containsExactly(0, 1, 2, 3, 4, "QueueFullException");

      throttle.acquire().close();
      nextRound(scene, Duration.ZERO);
      together(scene, throttle, 6, millis(50));
      assertThat(throttle.snapshot().waiting())
          .as("four, where the first has to wait")
          .isEqualTo(4);
      assertThat(became.values()).containsExactly("QueueFullException", "QueueFullException");
    });
  }

  @Test
  void whoWouldWaitTooLongIsRefusedAtOnceAndToldBothTimes() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().spacing("4/s").maxWait(millis(990)).build();
      together(scene, throttle, 4, millis(50));
      nextRound(scene, Duration.ofSeconds(2));
      together(scene, throttle, 4, millis(50));
      assertThatExceptionOfType(WaitTooLongException.class)
          .isThrownBy(throttle::acquire)
          .withMessageContaining("1 s")
          .withMessageContaining("990 ms");
      scene.sleep(Duration.ofSeconds(2));
      assertThat(became.values()).containsExactly(0, 1, 2, 3);
      assertThat(starts).last().isEqualTo(millis(2_750));
    });
  }

  @Test
  void bothCapsHoldTogetherAndOneCatchDoesForBoth() throws Exception {
    Scene.play(scene -> {
      Throttle throttle =
          scene.throttle().tokenBucket("4/s", 2).maxWaiting(3).maxWait(millis(600)).build();
      together(scene, throttle, 4, millis(50));
      refused(throttle, WaitTooLongException.class);
    });
    Scene.play(scene -> {
      Throttle throttle =
          scene.throttle().tokenBucket("4/s", 2).maxWaiting(3).maxWait(millis(750)).build();
      together(scene, throttle, 5, millis(50));
      refused(throttle, QueueFullException.class);
    });
  }

  private static void refused(
      Throttle throttle, Class<? extends ThrottleExceededException> reason) {
    assertThatExceptionOfType(ThrottleExceededException.class)
        .isThrownBy(throttle::acquire)
        .isInstanceOf(RejectedExecutionException.class)
        .isExactlyInstanceOf(reason);
  }

  @Test
  void argumentsThatMakeNoSenseAreErrorsThatQuoteThem() {
    invalid("-10/s", () -> Throttle.builder().spacing("-10/s"));
    invalid("1/0s", () -> Throttle.of("1/0s"));
    invalid("0 s", () -> Throttle.builder().spacing(Rate.of(10, Duration.ZERO)));
    invalid("-10", () -> Rate.perSecond(-10));
    invalid("-10 s", () -> Throttle.builder().spacing(Duration.ofSeconds(-10)));
    invalid("not 0", () -> Throttle.builder().tokenBucket("5/s", 0));
    invalid("-10", () -> Throttle.builder().concurrency(-10));
    invalid("-1", () -> Throttle.builder().maxWaiting(-1));
    invalid("-1 s", () -> Throttle.builder().maxWait(Duration.ofSeconds(-1)));
    invalid("0 s", () -> Throttle.unlimited().call(() -> "never", Duration.ZERO));
    invalid("unlimited()", Throttle::of);
  }

  private static void invalid(String quoted, Callable<?> construction) {
    assertThatIllegalArgumentException()
        .isThrownBy(construction::call)
        .withMessageContaining(quoted);
  }

  @Test
  void argumentsThatContradictEachOtherAreErrorsThatNameBoth() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Throttle.builder().maxWaiting(0).maxWait(millis(200)).build())
        .withMessageContaining("maxWaiting(0)")
        .withMessageContaining("maxWait(200 ms)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Throttle.builder().maxWait(Duration.ZERO).maxWaiting(9).build())
        .withMessageContaining("maxWait(0 s)")
        .withMessageContaining("maxWaiting(9)");
    assertThatIllegalStateException()
        .isThrownBy(() -> Throttle.builder().rate("5/s").align())
        .withMessageContaining("align()")
        .withMessageContaining("spacing(");
  }

  @Test
  void aRateANumberAtOnceAndASpacingHoldTogether() throws Exception {
    Scene.play(scene -> {
      Throttle throttle =
          scene.throttle().rate("3/10s").concurrency(2).spacing(millis(500)).build();
      together(scene, throttle, 5, Duration.ofSeconds(2));
    });
    assertThat(starts).isEqualTo(allMillis(0, 500, 2_000, 10_000, 10_500));
  }

  @Test
  void capsOnWaitingHoldForEveryKindOfLimit() throws Exception {
    Scene.play(scene -> {
      Throttle atOnce = scene.throttle().concurrency(1).maxWaiting(1).build();
      together(scene, atOnce, 3, millis(100));
      assertThat(became).containsOnly(Map.entry(2, "QueueFullException"));
      nextRound(scene, Duration.ofSeconds(1));
      Throttle spaced = scene.throttle().spacing(millis(100)).maxWait(millis(100)).build();
      together(scene, spaced, 3, Duration.ZERO);
      assertThat(became).containsEntry(2, "WaitTooLongException");
      Throttle rated = scene.throttle().rate("1/s").build();
      rated.acquire().close();
      assertThat(rated.tryAcquire(millis(999))).isEmpty();
    });
  }

  @Test
  void asManyAsMayRunAtOnceDoNotWait() throws Exception {
    Scene.play(scene -> {
      oneAfterAnother(scene, scene.throttle().concurrency(1).build(), 1, millis(100));
      oneAfterAnother(scene, scene.throttle().concurrency(4).build(), 4, millis(100));
      assertThat(scene.time.elapsed()).isEqualTo(millis(5 * 100));
      together(scene, scene.throttle().concurrency(5).build(), 5, millis(100));
    });
    assertThat(starts.subList(5, 10)).containsOnly(millis(500));
    assertThat(ends).last().isEqualTo(millis(600));
    assertThat(became.values()).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void oneMoreThanMayRunAtOnceWaitsForAnEnd() throws Exception {
    Scene.play(scene -> together(scene, scene.throttle().concurrency(5).build(), 6, millis(100)));
    assertThat(starts).isEqualTo(allMillis(0, 0, 0, 0, 0, 100));
    assertThat(became.values()).containsExactly(0, 1, 2, 3, 4, 5);
  }

  /** Each takes a little longer than 100 ms, so that nobody's end falls on another's deadline. */
  @Test
  void whoHasWaitedForAsLongAsMayBeIsRefusedThen() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().concurrency(4).maxWait(millis(200)).build();
      together(scene, throttle, 10, millis(100).plusNanos(1));
      scene.sleep(millis(200).minusNanos(1));
      assertThat(became).hasSize(4);
      scene.sleep(1);
      assertThat(became).hasSize(6);
      scene.sleep(millis(1));
      assertThat(became.values())
          .containsExactly(
              0, 1, 2, 3, 4, 5, 6, 7, "AcquireTimeoutException", "AcquireTimeoutException");

      nextRound(scene, Duration.ZERO);
      throttle = scene.throttle().concurrency(4).maxWait(millis(200).plusNanos(1)).build();
      together(scene, throttle, 10, millis(100));
      scene.sleep(millis(300));
      assertThat(became.values()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    });
  }

  @Test
  void anExceptionInOneOfManyTasksIsThatOnesAndItsPlaceComesFree() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().concurrency(10).build();
      together(scene, throttle, 9, millis(50));
      assertThatIllegalStateException()
          .isThrownBy(() ->
              throttle.call(() -> {
                throw new IllegalStateException("of the tenth");
              }))
          .withMessage("of the tenth");
      assertThat(throttle.snapshot().running()).isEqualTo(9);
      assertThat(throttle.tryAcquire()).isPresent();
    });
    assertThat(became.values()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8);
  }

  private void callTogether(Scene scene, Throttle throttle, int count, Duration takes) {
    for (int i = 0; i < count; i++) {
      int who = i;
      scene.go(() -> became.put(who, throttle.call(() -> work(scene, who, takes))));
    }
  }

  @Test
  void callWaitsForAPlaceWorksAndReturnsTheResult() throws Exception {
    Scene.play(scene -> {
      callTogether(scene, scene.throttle().concurrency(5).build(), 5, millis(100));
      scene.sleep(millis(100));
      assertThat(ends).hasSize(5);
      nextRound(scene, Duration.ZERO);
      callTogether(scene, scene.throttle().concurrency(2).build(), 5, millis(100));
    });
    assertThat(starts).isEqualTo(allMillis(100, 100, 200, 200, 300));
    assertThat(became.values()).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void theTimeOutOfACallCoversWaitingAndWorking() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().concurrency(2).build();
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(() -> throttle.call(() -> work(scene, 0, millis(300)), millis(200)))
          .withMessageContaining("200 ms");
      assertThat(scene.time.elapsed()).isEqualTo(millis(200));
      assertThat(ends).as("the work was interrupted").isEmpty();
      assertThat(throttle.snapshot().running()).isZero();

      together(scene, throttle, 2, millis(150));
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(() -> throttle.call(() -> work(scene, 0, millis(100)), millis(200)));
      assertThat(scene.time.elapsed()).as("150 ms waiting, 50 ms working").isEqualTo(millis(400));

      together(scene, throttle, 2, millis(300));
      assertThatExceptionOfType(AcquireTimeoutException.class)
          .isThrownBy(() -> throttle.call(() -> work(scene, 0, millis(1)), millis(200)));
      assertThat(scene.time.elapsed()).isEqualTo(millis(600));
    });
  }

  @Test
  void spacedTasksOneAfterAnotherStartOneSpaceApart() throws Exception {
    Scene.play(scene ->
        oneAfterAnother(scene, scene.throttle().spacing(millis(200)).build(), 10, millis(50)));
    assertThat(starts)
        .isEqualTo(allMillis(0, 200, 400, 600, 800, 1_000, 1_200, 1_400, 1_600, 1_800));
    assertThat(ends).last().isEqualTo(millis(9 * 200 + 50));
  }

  @Test
  void alignedStartsComeOnWholeMultiplesOfTheWallClockTheFirstToo() throws Exception {
    Scene.play(scene -> {
      scene.sleep(millis(120));
      Throttle throttle = scene.throttle().spacing(millis(500)).align().build();
      oneAfterAnother(scene, throttle, 2, millis(50));
      scene.sleep(millis(800));
      oneAfterAnother(scene, throttle, 2, millis(50));
    });
    assertThat(starts).isEqualTo(allMillis(500, 1_000, 2_000, 2_500));
  }

  @Test
  void spacedTasksLaunchedTogetherStartOneSpaceApartToo() throws Exception {
    Scene.play(
        scene -> together(scene, scene.throttle().spacing(millis(500)).build(), 10, millis(100)));
    assertThat(starts)
        .isEqualTo(allMillis(0, 500, 1_000, 1_500, 2_000, 2_500, 3_000, 3_500, 4_000, 4_500));
    assertThat(became.values()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  @Test
  void unlimitedTakesThePlaceOfAnyThrottleAndMakesNobodyWait() throws Exception {
    Throttle unlimited = Throttle.unlimited();
    Scene.play(scene -> {
      oneAfterAnother(scene, unlimited, 5, millis(100));
      assertThat(scene.time.elapsed()).isEqualTo(millis(5 * 100));
      together(scene, unlimited, 5, millis(100));
      together(scene, scene.throttle().build(), 5, millis(100)); // no rules, no limits
    });
    assertThat(starts.subList(5, 15)).containsOnly(millis(500));
    assertThat(unlimited.call(() -> "done", Duration.ofDays(1))).isEqualTo("done");
  }

  @Test
  void theLimitsOfALivingThrottleCanBeSwitchedOff() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().spacing(Duration.ofHours(1)).concurrency(1).build();
      together(scene, throttle, 5, Duration.ZERO);
      assertThat(starts).hasSize(1);
      throttle.update(limits -> limits.dropOthers());
      scene.settle();
      assertThat(starts).hasSize(5);
    });
  }

  interface Service {
    @Throttled
    int process(int value) throws InterruptedException;
  }

  private void processTogether(Scene scene, Throttle throttle, int count) {
    Service service = throttle.proxy(Service.class, value -> work(scene, value, millis(50)));
    for (int i = 0; i < count; i++) {
      int value = i;
      scene.go(() -> became.put(value, service.process(value)));
    }
    scene.sleep(Duration.ofMinutes(1));
  }

  @Test
  void aMarkedMethodKeepsWhateverLimitsItsThrottleHas() throws Exception {
    Scene.play(scene -> {
      processTogether(scene, scene.throttle().spacing("5/s").build(), 10);
      assertThat(starts)
          .isEqualTo(allMillis(0, 200, 400, 600, 800, 1_000, 1_200, 1_400, 1_600, 1_800));
      assertThat(became.values()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
      assertThat(startsOfNext(scene, scene.throttle().tokenBucket("5/s", 4).build()))
          .isEqualTo(allMillis(0, 0, 0, 0, 200, 400));
      assertThat(startsOfNext(scene, scene.throttle().concurrency(4).build()))
          .isEqualTo(allMillis(0, 0, 0, 0, 50, 50));
      assertThat(startsOfNext(scene, scene.throttle().spacing(millis(200)).align().build()))
          .isEqualTo(allMillis(0, 200, 400, 600, 800, 1_000));
      assertThat(startsOfNext(scene, Throttle.unlimited())).isEqualTo(allMillis(0, 0, 0, 0, 0, 0));
    });
  }

  private List<Duration> startsOfNext(Scene scene, Throttle throttle) {
    nextRound(scene, Duration.ZERO);
    Duration from = scene.time.elapsed();
    processTogether(scene, throttle, 6);
    return starts.stream().map(start -> start.minus(from)).toList();
  }

  @Test
  void aWrappedFunctionIsSpacedAndKeepsItsResult() throws Exception {
    Scene.play(scene -> {
      Function<Integer, Duration> spaced =
          scene
              .throttle()
              .spacing(millis(200))
              .build()
              .function(value -> scene.time.elapsed().plusNanos(value));
      for (int i = 0; i < 10; i++) {
        assertThat(spaced.apply(i)).isEqualTo(millis(200L * i).plusNanos(i));
      }
    });
  }

  private final List<String> said = Collections.synchronizedList(new ArrayList<>());

  /** Says who waits and for how long, and when it was told so. */
  private ThrottleListener sayingWaits(Scene scene) {
    return event -> {
      if (event instanceof ThrottleEvent.Waiting waiting) {
        said.add(scene.time.elapsed().toMillis() + ": wait " + waiting.expected().toMillis());
      }
    };
  }

  @Test
  void aListenerHearsOfAWaitForARateBeforeItBeginsAndOnlyIfThereIsOne() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().spacing("4/s").listener(sayingWaits(scene)).build();
      oneAfterAnother(scene, throttle, 4, millis(100));
    });
    assertThat(said).containsExactly("100: wait 150", "350: wait 150", "600: wait 150");
  }

  @Test
  void aListenerHearsOfAWaitForASpaceBeforeItBegins() throws Exception {
    Scene.play(scene -> {
      Throttle throttle =
          scene.throttle().spacing(millis(500)).listener(sayingWaits(scene)).build();
      oneAfterAnother(scene, throttle, 4, millis(50));
    });
    assertThat(said).containsExactly("50: wait 450", "550: wait 450", "1050: wait 450");
  }

  @Test
  void aListenerHearsHowLongEachHasWaitedForAPlaceZeroToo() throws Exception {
    List<Duration> waits = Collections.synchronizedList(new ArrayList<>());
    Scene.play(scene -> {
      ThrottleListener listener =
          event -> {
            switch (event) {
              case ThrottleEvent.Granted granted -> waits.add(granted.waited());
              case ThrottleEvent.Abandoned abandoned -> waits.add(abandoned.waited().negated());
              default -> {}
            }
          };
      Throttle throttle =
          scene.throttle().concurrency(5).maxWait(millis(100)).listener(listener).build();
      together(scene, throttle, 5, millis(70));
      serve(scene, throttle, 5, millis(70));
      throttle.acquire(5);
      serve(scene, throttle, 6, millis(70));
      assertThat(throttle.snapshot().waited()).isEqualTo(millis(70));
    });
    assertThat(waits).isEqualTo(allMillis(0, 0, 0, 0, 0, 70, 0, -100));
  }

  /** Writes down what is logged. */
  private static final class Lines implements System.Logger {

    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

    @Override
    public String getName() {
      return "lines";
    }

    @Override
    public boolean isLoggable(Level level) {
      return true;
    }

    @Override
    public void log(
        Level level, @Nullable ResourceBundle bundle, String text, @Nullable Throwable thrown) {
      lines.add(level + " " + text);
    }

    @Override
    public void log(
        Level level, @Nullable ResourceBundle bundle, String text, @Nullable Object... arguments) {
      lines.add(level + " " + text);
    }
  }

  @Test
  void aLoggerOfTheJdkGetsTheWaitsAtALevelOfChoiceInWordsOfChoice() throws Exception {
    Lines standard = new Lines();
    Lines own = new Lines();
    Scene.play(scene -> {
      Throttle api =
          scene
              .throttle()
              .name("api")
              .spacing("4/s")
              .listener(ThrottleListener.logging(standard, System.Logger.Level.INFO))
              .build();
      oneAfterAnother(scene, api, 3, millis(100));
      Throttle unit =
          scene
              .throttle()
              .spacing(millis(500))
              .listener(
                  new LoggingListener(own, System.Logger.Level.DEBUG) {
                    @Override
                    protected String message(ThrottleEvent event) {
                      return event instanceof ThrottleEvent.Waiting waiting
                          ? "UNIT " + waiting.expected().toMillis()
                          : super.message(event);
                    }
                  })
              .build();
      oneAfterAnother(scene, unit, 3, millis(50));
    });
    assertThat(standard.lines)
        .hasSize(2)
        .containsOnly("INFO throttle \"api\": 1 permit waits for at least 150 ms");
    assertThat(own.lines).hasSize(2).containsOnly("DEBUG UNIT 450");
  }

  @Test
  void aTimerPrintsItsNameAndTheTimeOfEachPieceOfWork() throws Exception {
    Scene.play(scene -> {
      Stopwatch timer = new Stopwatch("unit", said::add, scene.time);
      for (int hundreds = 1; hundreds <= 2; hundreds++) {
        try (Stopwatch.Span span = timer.start()) {
          scene.time.sleep(millis(100L * hundreds));
        }
      }
    });
    assertThat(said).hasSize(2);
    assertThat(said.get(0)).startsWith("unit: 0.1s ");
    assertThat(said.get(1)).startsWith("unit: 0.2s ");
  }

  @Test
  void aTimerSaysHowManyThereWereAndTheAverage() throws Exception {
    Scene.play(scene -> {
      Stopwatch timer = new Stopwatch("My Timer", said::add, scene.time);
      for (long takes : new long[] {730, 220, 490}) {
        timer.time(() -> work(scene, 0, millis(takes)));
      }
      assertThat(timer.mean()).contains(millis(480));
    });
    assertThat(said.get(0)).contains("1 so far: mean 0.73s");
    assertThat(said.get(1)).contains("2 so far: mean 0.475s");
    assertThat(said.get(2)).contains("3 so far: mean 0.48s, min 0.22s, max 0.73s");
  }

  @Test
  void aVerboseTimerSaysWhenEachPieceOfWorkBeginsAndEnds() throws Exception {
    Scene.play(scene -> {
      Stopwatch timer = new Stopwatch("unit", said::add, scene.time).verbose();
      for (int millis : new int[] {100, 200}) {
        try (Stopwatch.Span span = timer.start()) {
          scene.time.sleep(millis(millis));
        }
      }
    });
    assertThat(said)
        .containsExactly(
            "unit #1 begins at 2000-01-01T00:00:00Z",
            "unit #1 ends at 2000-01-01T00:00:00.100Z: 0.1s"
                + " (1 so far: mean 0.1s, min 0.1s, max 0.1s)",
            "unit #2 begins at 2000-01-01T00:00:00.100Z",
            "unit #2 ends at 2000-01-01T00:00:00.300Z: 0.2s"
                + " (2 so far: mean 0.15s, min 0.1s, max 0.2s)");
  }

  @Test
  void aWrappedFunctionIsTimedAtEachCall() throws Exception {
    Scene.play(scene -> {
      Stopwatch timer = new Stopwatch("timer", said::add, scene.time);
      Callable<Integer> plain = () -> work(scene, 7, millis(50));
      Callable<Integer> timed = timer.wrap(plain);
      Callable<Integer> waitAndWorkTimed =
          timer.wrap(scene.throttle().spacing(millis(200)).build().callable(plain));
      for (int i = 0; i < 3; i++) {
        assertThat(timed.call()).isEqualTo(7);
      }
      assertThat(said).hasSize(3).allMatch(line -> line.startsWith("timer: 0.05s"));
      waitAndWorkTimed.call();
      waitAndWorkTimed.call();
      assertThat(said).last().asString().startsWith("timer: 0.2s");
    });
  }
}
