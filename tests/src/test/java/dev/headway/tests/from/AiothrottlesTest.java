package dev.headway.tests.from;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.headway.limit.Counted;
import dev.headway.limit.Rate;
import dev.headway.testkit.Windows;
import dev.headway.tests.throttle.Scene;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What aiothrottles is for, and what its own tests look at. */
class AiothrottlesTest {

  /** The ways to hold a permit while something is done. */
  enum Form {
    ACQUIRE_AND_RELEASE {
      @Override
      void hold(Throttle throttle, Callable<Void> body) throws Exception {
        Permit permit = throttle.acquire();
        try {
          body.call();
        } finally {
          permit.release();
        }
      }
    },
    TRY_WITH_RESOURCES {
      @Override
      void hold(Throttle throttle, Callable<Void> body) throws Exception {
        try (Permit permit = throttle.acquire()) {
          body.call();
        }
      }
    },
    WRAPPED {
      @Override
      void hold(Throttle throttle, Callable<Void> body) throws Exception {
        throttle.callable(body).call();
      }
    };

    abstract void hold(Throttle throttle, Callable<Void> body) throws Exception;
  }

  static Stream<String> rates() {
    String high = "2/s 24/8s 96/32s 512/128s 6/s 21/3s 80/10s 999/111s";
    String mean = "1/s 3/3s 15/15s 123/123s";
    String low = "1/2s 8/24s 32/96s 512/128s 1/6s 3/21s 10/80s 999/111s";
    return Stream.of(high, mean, low).flatMap(some -> Stream.of(some.split(" "))).distinct();
  }

  static List<Counted> startAndEnd() {
    return List.of(Counted.FROM_START, Counted.FROM_END);
  }

  private static Throttle throttle(Scene scene, String rate, Counted counted) {
    return scene.throttle().rate(rate, counted).build();
  }

  @ParameterizedTest
  @MethodSource("rates")
  void acquireAndReleaseKeepTheRateInEveryWindowAndWasteNothing(String rate) throws Exception {
    keepsTheRate(rate, Form.ACQUIRE_AND_RELEASE);
  }

  @ParameterizedTest
  @MethodSource("rates")
  void tryWithResourcesKeepsTheRateInEveryWindowAndWastesNothing(String rate) throws Exception {
    keepsTheRate(rate, Form.TRY_WITH_RESOURCES);
  }

  @ParameterizedTest
  @MethodSource("rates")
  void aWrappedCallKeepsTheRateInEveryWindowAndWastesNothing(String rate) throws Exception {
    keepsTheRate(rate, Form.WRAPPED);
  }

  private static void keepsTheRate(String text, Form form) throws Exception {
    Rate rate = Rate.parse(text);
    long aWhile = rate.period().toNanos() / (4 * rate.permits());
    for (Counted counted : startAndEnd()) {
      for (long takes : new long[] {0, aWhile}) {
        keepsTheRate(rate, form, counted, takes);
      }
    }
  }

  /** One caller, for three periods and one more: full windows, and each start when it first may. */
  private static void keepsTheRate(Rate rate, Form form, Counted counted, long takes)
      throws Exception {
    int permits = Math.toIntExact(rate.permits());
    long[] starts = new long[3 * permits + 1];
    long[] ends = new long[starts.length];
    Scene.play(scene -> {
      Throttle throttle = throttle(scene, rate.toString(), counted);
      for (int i = 0; i < starts.length; i++) {
        int which = i;
        form.hold(
            throttle,
            () -> {
              starts[which] = scene.now();
              scene.time.sleep(Duration.ofNanos(takes));
              ends[which] = scene.now();
              return null;
            });
      }
      assertThat(throttle.snapshot().running()).isZero();
    });
    long again = rate.period().toNanos() + (counted.equals(Counted.FROM_END) ? takes : 0);
    assertThat(starts)
        .as("%s %s, each of %d ns", rate, counted, takes)
        .isEqualTo(
            LongStream.range(0, starts.length)
                .map(i -> i / permits * again + i % permits * takes)
                .toArray());
    assertThat(Windows.fullest(starts, rate.period())).isEqualTo(permits);
    assertThat(Windows.fullest(ends, rate.period())).isLessThanOrEqualTo(permits);
  }

  @ParameterizedTest
  @CsvSource({"512/128s, 4/s", "24/8s, 3/s", "3/3s, 1/s", "8/24s, 1/3s", "3/21s, 1/7s"})
  void theRateIsKeptAsWrittenAndNotReducedToOneThatPromisesLess(String text, String reduced)
      throws Exception {
    Rate rate = Rate.parse(text);
    assertThat(rate).hasToString(text).isNotEqualTo(Rate.parse(reduced));
    Scene.play(scene -> {
      Throttle throttle = throttle(scene, text, Counted.FROM_START);
      for (int i = 0; i < rate.permits(); i++) {
        throttle.acquire().close();
      }
      assertThat(scene.now()).as("all of them start at once").isZero();
      throttle.acquire().close();
      assertThat(scene.time.elapsed()).isEqualTo(rate.period());
    });
  }

  @ParameterizedTest
  @CsvSource({
    "4/s, 4, PT1S",
    "5/m, 5, PT1M",
    "6/h, 6, PT1H",
    "7/d, 7, PT24H",
    "1/second, 1, PT1S",
    "2/minute, 2, PT1M",
    "3/hour, 3, PT1H",
    "4/day, 4, PT24H",
    "5/second, 5, PT1S",
    "6/minute, 6, PT1M",
    "7/hour, 7, PT1H",
    "8/day, 8, PT24H",
    "1/3s, 1, PT3S",
    "12/37m, 12, PT37M",
    "1/5h, 1, PT5H",
    "8/3d, 8, PT72H",
    "4/S, 4, PT1S",
    "5/M, 5, PT1M",
    "1/Second, 1, PT1S"
  })
  void everyRateTextOfTheirDocumentsIsRead(String text, long permits, Duration period)
      throws Exception {
    assertThat(Rate.parse(text)).isEqualTo(Rate.of(permits, period));
    Scene.play(scene -> {
      Throttle throttle = scene.throttle(text);
      for (int i = 0; i <= permits; i++) {
        throttle.acquire().close();
      }
      assertThat(scene.time.elapsed()).isEqualTo(period);
    });
  }

  @Test
  void aUnitIsReadToItsLastLetter() {
    assertThat(Rate.parse("100/500ms").period()).isEqualTo(Duration.ofMillis(500));
    assertThat(Rate.parse("9/250us").period()).isEqualTo(Duration.ofNanos(250_000));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "fast", "3", "3/", "3/x", "3/month", "3/s or so", "0/s", "3/0s"})
  void whatIsNoRateIsAnErrorAtOnceThatQuotesIt(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Throttle.of(text))
        .withMessageContaining("\"" + text + "\"")
        .withMessageContaining("12/37m");
  }

  @Test
  void aRateSaysItsPartsAndTheTimeFromOneStartToTheNext() {
    Rate rate = Rate.parse("12/37m");
    assertThat(rate.permits()).isEqualTo(12);
    assertThat(rate.period()).isEqualTo(Duration.ofMinutes(37));
    assertThat(rate.interval()).isEqualTo(Duration.ofSeconds(185));
    assertThat(rate).hasToString("12/37m");
  }

  @Test
  void isLockedSaysWhetherACallerWouldHaveToWait() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = throttle(scene, "2/s", Counted.FROM_END);
      assertThat(throttle.isLocked()).isFalse();
      Permit first = throttle.acquire();
      assertThat(throttle.isLocked()).isFalse();
      Permit second = throttle.acquire();
      assertThat(throttle.isLocked()).isTrue();
      first.close();
      second.close();
      assertThat(throttle.isLocked()).isTrue();
      scene.sleep(Duration.ofSeconds(1).minusNanos(1));
      assertThat(throttle.isLocked()).isTrue();
      scene.sleep(1);
      assertThat(throttle.isLocked()).isFalse();
    });
  }

  @Test
  void tryAcquireTakesWhatIsNotLockedWithoutAGapBetweenAskingAndTaking() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("3/s");
      List<Optional<Permit>> got = Collections.synchronizedList(new ArrayList<>());
      for (int i = 0; i < 10; i++) {
        scene.start(() -> got.add(throttle.tryAcquire()));
      }
      scene.settle();
      assertThat(got).hasSize(10);
      assertThat(got.stream().filter(Optional::isPresent)).hasSize(3);
    });
  }

  @Test
  void aPlaceComesBackAPeriodAfterTheReleaseAndWhatIsHeldCountsToo() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = throttle(scene, "3/s", Counted.FROM_END);
      List<Permit> held = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        held.add(throttle.acquire());
      }
      scene.sleep(Duration.ofMillis(500));
      held.get(0).release();
      held.get(1).release();
      assertThat(throttle.tryAcquire()).isEmpty();
      throttle.acquire();
      throttle.acquire();
      assertThat(scene.time.elapsed()).isEqualTo(Duration.ofMillis(1_500));
      assertThat(throttle.tryAcquire(Duration.ofDays(1))).as("three are held").isEmpty();
    });
  }

  @ParameterizedTest
  @MethodSource("startAndEnd")
  void manyThatWaitTogetherStartOneByOneInTheOrderInWhichTheyCame(Counted counted)
      throws Exception {
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    List<Duration> starts = Collections.synchronizedList(new ArrayList<>());
    Scene.play(scene -> {
      Throttle throttle = throttle(scene, "1/s", counted);
      for (int i = 0; i < 10; i++) {
        int who = i;
        scene.go(() -> {
          try (Permit permit = throttle.acquire()) {
            order.add(who);
            starts.add(scene.time.elapsed());
            scene.time.sleep(Duration.ofMillis(100));
          }
        });
      }
    });
    Duration apart = Duration.ofMillis(counted.equals(Counted.FROM_END) ? 1_100 : 1_000);
    assertThat(order).isEqualTo(IntStream.range(0, 10).boxed().toList());
    assertThat(starts).isEqualTo(IntStream.range(0, 10).mapToObj(apart::multipliedBy).toList());
  }

  @Test
  void oneThrottleServesThreadsAndFuturesInOneLine() throws Exception {
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("1/s");
      throttle.acquire().close();
      scene.go(() -> throttle.call(() -> order.add("thread")));
      CompletableFuture<Void> future =
          throttle
              .acquireAsync()
              .thenAccept(permit -> {
                order.add("future");
                permit.close();
              });
      scene.go(() -> throttle.call(() -> order.add("another thread")));
      scene.sleep(Duration.ofSeconds(3));
      assertThat(future).isCompleted();
    });
    assertThat(order).containsExactly("thread", "future", "another thread");
  }

  @Test
  void aPermitMayBeReleasedByAnotherThreadThanTookIt() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = throttle(scene, "1/s", Counted.FROM_END);
      Permit permit = throttle.acquire();
      scene.go(() -> {
        scene.time.sleep(Duration.ofMillis(300));
        permit.release();
      });
      throttle.acquire();
      assertThat(scene.time.elapsed()).isEqualTo(Duration.ofMillis(1_300));
    });
  }

  @ParameterizedTest
  @MethodSource("startAndEnd")
  void aPermitReleasedTwiceIsAnErrorAndGivesNothingBack(Counted counted) throws Exception {
    Scene.play(scene -> {
      Throttle throttle = throttle(scene, "2/s", counted);
      Permit permit = throttle.acquire();
      Permit other = throttle.acquire();
      permit.release();
      assertThatIllegalStateException()
          .isThrownBy(permit::release)
          .withMessageContaining("released before");
      permit.close();
      assertThat(throttle.snapshot().running()).isEqualTo(1);
      other.release();
      scene.sleep(Duration.ofSeconds(1));
      assertThat(throttle.snapshot().available()).isEqualTo(2);
    });
  }

  @Test
  void theTimeThatRemainsIsWhatACallerWouldHaveToWait() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = throttle(scene, "1/10s", Counted.FROM_END);
      assertThat(throttle.snapshot().untilNextStart()).contains(Duration.ZERO);
      Permit permit = throttle.acquire();
      scene.sleep(Duration.ofSeconds(3));
      assertThat(throttle.snapshot().untilNextStart()).as("only its end can tell").isEmpty();
      permit.release();
      assertThat(throttle.snapshot().untilNextStart()).contains(Duration.ofSeconds(10));
      scene.sleep(Duration.ofSeconds(4));
      assertThat(throttle.snapshot().untilNextStart()).contains(Duration.ofSeconds(6));
      assertThat(throttle.snapshot().nextStart()).contains(scene.time.instant().plusSeconds(6));
      assertThat(throttle.acquire().waited()).isEqualTo(Duration.ofSeconds(6));
    });
  }

  private static Rate rateOf(Throttle throttle) {
    return throttle.snapshot().rules().getFirst().rate().orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("startAndEnd")
  void theRateIsReadAndSetWhileCallersWait(Counted counted) throws Exception {
    Scene.play(scene -> {
      Throttle throttle = throttle(scene, "2/10s", counted);
      assertThat(rateOf(throttle)).isEqualTo(Rate.parse("2/10s"));
      List<Duration> starts = Collections.synchronizedList(new ArrayList<>());
      for (int i = 0; i < 12; i++) {
        scene.go(() ->
            throttle.call(() -> {
              starts.add(scene.time.elapsed());
              return null;
            }));
      }
      assertThat(starts).hasSize(2);

      scene.sleep(Duration.ofSeconds(1));
      throttle.update(limits -> limits.rate("5/10s", counted));
      assertThat(rateOf(throttle)).hasToString("5/10s");
      scene.settle();
      assertThat(starts).as("three places more, at once").hasSize(5);

      scene.sleep(Duration.ofSeconds(1));
      throttle.update(limits -> limits.rate("1/10s", counted));
      scene.sleep(Duration.ofSeconds(18));
      assertThat(starts).as("one place, when all five have left").hasSize(6);
      scene.sleep(Duration.ofSeconds(60));
    });
  }

  @ParameterizedTest
  @EnumSource
  void aBodyThatThrowsGivesItsPermitBackAndItsFailureComesThrough(Form form) throws Exception {
    Scene.play(scene -> {
      Throttle throttle = throttle(scene, "1/s", Counted.FROM_END);
      for (int i = 0; i < 3; i++) {
        IOException failure = new IOException("of the body");
        Callable<Void> body =
            () -> {
              throw failure;
            };
        assertThat(thrownBy(() -> form.hold(throttle, body))).isSameAs(failure);
        assertThat(throttle.snapshot().running()).isZero();
      }
      assertThat(scene.time.elapsed()).isEqualTo(Duration.ofSeconds(2));
    });
  }

  private static Throwable thrownBy(Scene.Act act) {
    try {
      act.run();
    } catch (Exception e) {
      return e;
    }
    throw new AssertionError("nothing was thrown");
  }

  @Test
  void aWrappedFunctionKeepsItsArgumentsAndItsResult() throws Exception {
    Scene.play(scene -> {
      Function<Integer, String> foo = scene.throttle("1/s").function(n -> "foo " + n);
      for (int n = 0; n < 5; n++) {
        assertThat(foo.apply(n)).isEqualTo("foo " + n);
        assertThat(scene.time.elapsed()).isEqualTo(Duration.ofSeconds(n));
      }
    });
  }
}
