package dev.headway.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A window counted on arrival, beside its naive twin. */
class OnArrivalTest {

  private static final int SCENARIOS = 4_000;

  /** A random scenario: a throttle's calls of a window, and the same of its twin. */
  private static final class Scenario {
    final long seed;
    final Random random;
    SlidingWindow window;
    NaiveWindow naive;
    final List<NaiveWindow.Piece> open = new ArrayList<>();
    long now;
    int step;

    Scenario(long seed) {
      this.seed = seed;
      random = new Random(seed);
      naive =
          new NaiveWindow(1 + random.nextLong(9), 1 + random.nextLong(50), 1 + random.nextLong(60));
      window = window();
      now = random.nextLong(-50, 50);
    }

    private SlidingWindow window() {
      return new SlidingWindow(
          Rate.of(naive.permits, Duration.ofNanos(naive.period)),
          Counted.onArrival(Duration.ofNanos(naive.bound)));
    }

    String where() {
      return "seed " + seed + ", step " + step;
    }

    void step() {
      step++;
      now +=
          random.nextInt(4) == 0 ? random.nextLong(naive.period + naive.bound) : random.nextInt(3);
      if (random.nextBoolean()) {
        compare();
      }
      switch (random.nextInt(9)) {
        case 0, 1, 2 -> start();
        case 3, 4 -> arrive();
        case 5, 6 -> close();
        case 7 -> settle();
        default -> {
          if (random.nextInt(8) == 0) {
            inherit();
          } else {
            delay();
          }
        }
      }
    }

    private void compare() {
      long amount = 1 + random.nextLong(naive.permits + 1);
      assertThat(window.readyAt(now, amount)).as(where()).isEqualTo(naive.readyAt(now, amount));
      assertThat(window.available(now))
          .as(where())
          .isEqualTo(Math.max(0, naive.permits - naive.taken(now)));
      assertThat(window.idle(now)).as(where()).isEqualTo(naive.taken(now) == 0);
      long ahead = random.nextLong(2 * naive.permits);
      amount = Math.min(amount, naive.permits);
      long forecast = window.forecast(now, ahead, amount);
      long earliest = naive.earliest(now, ahead, amount);
      assertThat(forecast).as(where()).isLessThanOrEqualTo(earliest);
      if (amount == 1 && naive.taken(now) <= naive.permits) {
        assertThat(forecast).as(where()).isEqualTo(earliest);
      }
    }

    private void start() {
      long amount = 1 + random.nextLong(naive.permits);
      long ready = window.readyAt(now, amount);
      assertThat(ready).as(where()).isEqualTo(naive.readyAt(now, amount));
      if (ready < now + 2 * (naive.period + naive.bound)) {
        now = ready;
        window.start(now, amount);
        open.add(naive.start(now, amount));
      }
    }

    private NaiveWindow.Piece any() {
      return open.get(random.nextInt(open.size()));
    }

    private void arrive() {
      if (!open.isEmpty()) {
        arrive(any());
      }
    }

    /** A throttle tells of the first arrival alone. */
    private void arrive(NaiveWindow.Piece piece) {
      if (!piece.hasArrived()) {
        piece.arrivedAt = now;
        if (piece.amount > 0) {
          window.end(piece.startedAt, now, piece.amount);
        }
      }
    }

    private void close() {
      if (!open.isEmpty()) {
        NaiveWindow.Piece piece = open.remove(random.nextInt(open.size()));
        arrive(piece);
        piece.closed = true;
      }
    }

    private void settle() {
      if (!open.isEmpty()) {
        NaiveWindow.Piece piece = any();
        long to = random.nextLong(piece.amount + 3);
        if (piece.amount == 0) {
          return;
        }
        if (piece.hasArrived()) {
          window.settleArrived(piece.startedAt, piece.arrivedAt, now, piece.amount, to);
        } else {
          window.settle(piece.startedAt, now, piece.amount, to);
        }
        piece.amount = to;
      }
    }

    private void delay() {
      NaiveWindow.Piece last = open.isEmpty() ? null : open.getLast();
      if (last != null
          && !last.hasArrived()
          && last.amount > 0
          && naive.freeAt(last) > now
          && naive.pieces.contains(last)) {
        window.delay(last.startedAt, now, last.amount);
        last.startedAt = now;
      }
    }

    private void inherit() {
      naive = naive.inherit(now, 1 + random.nextLong(9), 1 + random.nextLong(50));
      SlidingWindow former = window;
      window = window();
      assertThat(window.inherit(former, now)).isTrue();
    }
  }

  @Test
  void agreesWithANaiveTwinWhateverHappens() {
    for (long seed = 0; seed < SCENARIOS; seed++) {
      Scenario scenario = new Scenario(seed);
      for (int i = 0; i < 150; i++) {
        scenario.step();
      }
    }
  }

  private static SlidingWindow window(String rate, long bound) {
    return new SlidingWindow(Rate.parse(rate), Counted.onArrival(Duration.ofNanos(bound)));
  }

  @Test
  void aSlotIsFreeOnePeriodAfterTheEarlierOfArrivalAndBound() {
    SlidingWindow window = window("2/10ns", 5);
    window.start(0, 1);
    window.start(0, 1);
    assertThat(window.readyAt(1, 1)).isEqualTo(15);
    window.end(0, 2, 1);
    assertThat(window.readyAt(2, 1)).isEqualTo(12);
    assertThat(window.readyAt(2, 2)).isEqualTo(15);
    window.end(0, 9, 1);
    assertThat(window.readyAt(9, 2)).as("arrived after its bound").isEqualTo(15);
    assertThat(window.idle(14)).isFalse();
    assertThat(window.idle(15)).isTrue();
  }

  @Test
  void moreThanTheRateNeverStartsAndLessIsGivenBackAfterArrivalToo() {
    SlidingWindow window = window("9/10ns", 5);
    assertThat(window.readyAt(0, 10)).isEqualTo(Limit.NEVER);
    window.start(0, 9);
    window.end(0, 1, 9);
    window.settleArrived(0, 1, 3, 9, 4);
    assertThat(window.available(3)).isEqualTo(5);
    window.settleArrived(0, 1, 20, 4, 9);
    assertThat(window.available(20)).as("it has left").isEqualTo(9);
  }

  @Test
  void aLaterBoundIsKeptByWhatIsInTransitAndAShorterOneForgetsNothing() {
    for (long newBound : new long[] {3, 30}) {
      SlidingWindow former = window("100/10ns", 20);
      for (long start = 0; start < 19; start++) {
        former.start(start, 1);
      }
      former.end(18, 19, 1);
      SlidingWindow heir = window("100/10ns", newBound);
      assertThat(heir.inherit(former, 19)).isTrue();
      assertThat(heir.available(19)).isEqualTo(81);
      for (long now = 20; now < 29; now++) {
        heir.available(now);
      }
      assertThat(heir.available(29 + newBound)).as("bound %d", newBound).isGreaterThanOrEqualTo(82);
      assertThat(heir.available(19 + newBound + 10)).isEqualTo(100);
    }
  }

  @Test
  void aBoundThatIsNoneIsRefused() {
    for (Duration wrong : List.of(Duration.ZERO, Duration.ofNanos(-1), Duration.ofDays(36_501))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Counted.onArrival(wrong))
          .withMessageContaining("1 ns to 36500 days");
    }
    assertThat(Counted.onArrival(Duration.ofMillis(50)))
        .isEqualTo(Counted.onArrival(Duration.parse("PT0.05S")))
        .hasSameHashCodeAs(Counted.onArrival(Duration.parse("PT0.05S")))
        .isNotEqualTo(Counted.onArrival(Duration.ofMillis(51)))
        .isNotEqualTo(Counted.FROM_END)
        .hasToString("on arrival within 50ms");
  }
}
