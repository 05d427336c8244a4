package dev.headway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SlidingWindowTest {

  /** A piece of work in the naive model. */
  private static final class Piece {
    final long startedAt;
    long amount;
    long countsFrom;
    boolean ended;

    Piece(long startedAt, long amount) {
      this.startedAt = startedAt;
      this.amount = amount;
      this.countsFrom = startedAt;
    }
  }

  /** Counts everything by going through everything. */
  private record Naive(long permits, long period, Counted counted, List<Piece> pieces) {
    long taken(long now) {
      return pieces.stream()
          .filter(p ->
              (counted.equals(Counted.FROM_END) && !p.ended)
                  || (p.countsFrom <= now && now < p.countsFrom + period))
          .mapToLong(p -> p.amount)
          .sum();
    }

    long readyAt(long now, long amount) {
      if (taken(now) + amount <= permits) {
        return now;
      }
      return pieces.stream()
          .filter(p -> p.ended || counted.equals(Counted.FROM_START))
          .mapToLong(p -> p.countsFrom + period)
          .filter(t -> t > now && taken(t) + amount <= permits)
          .min()
          .orElse(Limit.NEVER);
    }
  }

  static List<Counted> startAndEnd() {
    return List.of(Counted.FROM_START, Counted.FROM_END);
  }

  @ParameterizedTest
  @MethodSource("startAndEnd")
  void agreesWithANaiveModelWhateverHappens(Counted counted) {
    for (int round = 0; round < 300; round++) {
      long seed = round;
      Random random = new Random(seed);
      long permits = 1 + random.nextLong(12);
      long period = 1 + random.nextLong(60);
      SlidingWindow window = new SlidingWindow(Rate.of(permits, Duration.ofNanos(period)), counted);
      Naive naive = new Naive(permits, period, counted, new ArrayList<>());
      List<Piece> running = new ArrayList<>();
      long now = random.nextInt(100);
      for (int step = 0; step < 300; step++) {
        String where = "seed " + seed + ", step " + step;
        now += random.nextInt(4) == 0 ? random.nextInt(2 * (int) period) : random.nextInt(3);
        long amount = 1 + random.nextLong(permits);
        long ready = window.readyAt(now, amount);
        assertThat(ready).as(where).isEqualTo(naive.readyAt(now, amount));
        assertThat(window.available(now))
            .as(where)
            .isEqualTo(Math.max(0, permits - naive.taken(now)));
        assertThat(window.idle(now)).as(where).isEqualTo(naive.taken(now) == 0);
        switch (random.nextInt(4)) {
          case 0, 1 -> {
            if (ready != Limit.NEVER) {
              now = ready;
              window.start(now, amount);
              Piece piece = new Piece(now, amount);
              naive.pieces.add(piece);
              running.add(piece);
            }
          }
          case 2 -> {
            if (!running.isEmpty()) {
              Piece piece = running.remove(random.nextInt(running.size()));
              if (piece.amount > 0) {
                window.end(piece.startedAt, now, piece.amount);
              }
              piece.ended = true;
              piece.countsFrom = counted.equals(Counted.FROM_END) ? now : piece.startedAt;
            }
          }
          default -> {
            if (!running.isEmpty()) {
              Piece piece = running.get(random.nextInt(running.size()));
              long to = random.nextLong(piece.amount + 3);
              window.settle(piece.startedAt, now, piece.amount, to);
              piece.amount = to;
            }
          }
        }
      }
    }
  }

  @Test
  void whatStartsLateInOnePeriodCountsIntoTheNext() {
    SlidingWindow window = new SlidingWindow(Rate.parse("2/10ns"), Counted.FROM_START);
    window.start(9, 2);
    assertThat(window.readyAt(10, 1)).isEqualTo(19);
    assertThat(window.readyAt(18, 1)).isEqualTo(19);
    assertThat(window.readyAt(19, 1)).isEqualTo(19);
  }

  @Test
  void countedFromTheEndWhatRunsCountsWithoutEnd() {
    SlidingWindow window = new SlidingWindow(Rate.parse("2/10ns"), Counted.FROM_END);
    window.start(0, 2);
    assertThat(window.readyAt(1_000_000, 1)).isEqualTo(Limit.NEVER);
    window.end(0, 1_000_000, 1);
    assertThat(window.readyAt(1_000_001, 1)).isEqualTo(1_000_010);
    assertThat(window.readyAt(1_000_001, 2)).isEqualTo(Limit.NEVER);
  }

  @Test
  void aSettlementThatComesWhenTheStartHasLeftChangesNothing() {
    SlidingWindow window = new SlidingWindow(Rate.parse("5/10ns"), Counted.FROM_START);
    window.start(0, 5);
    window.readyAt(10, 1);
    window.start(10, 3);
    window.settle(0, 11, 5, 1);
    assertThat(window.available(11)).isEqualTo(2);
    window.settle(0, 11, 1, 9);
    assertThat(window.available(11)).isEqualTo(2);
  }

  @Test
  void whatTurnsOutToBeTakenThatWasNotAskedForIsCharged() {
    SlidingWindow window = new SlidingWindow(Rate.parse("5/10ns"), Counted.FROM_START);
    window.settle(1, 2, 0, 4);
    assertThat(window.available(2)).isEqualTo(1);
    window.settle(1, 3, 4, 2);
    assertThat(window.available(3)).isEqualTo(3);
    assertThat(window.available(11)).isEqualTo(5);
  }

  @Test
  void keepsItsRateOverMillionsOfStarts() {
    SlidingWindow window = new SlidingWindow(Rate.parse("5000/10us"), Counted.FROM_START);
    long now = 0;
    for (int i = 0; i < 3_000_000; i++) {
      now = window.readyAt(now + 1, 1);
      window.start(now, 1);
    }
    assertThat(now).isBetween(5_990_000L, 6_001_000L);
  }

  @Test
  void hugeNumbersDoNotOverflow() {
    long century = Duration.ofDays(36_500).toNanos();
    Rate most = Rate.of(1_000_000_000_000_000L, Duration.ofDays(36_500));
    SlidingWindow window = new SlidingWindow(most, Counted.FROM_START);
    long now = Long.MAX_VALUE / 2;
    for (int i = 0; i < 10; i++) {
      window.start(now + i, most.permits() / 10);
    }
    assertThat(window.readyAt(now + 20, 1)).isEqualTo(now + century);
    assertThat(window.readyAt(now + 20, most.permits())).isEqualTo(now + 9 + century);
    assertThat(window.forecast(now + 20, most.permits() * 1_000, most.permits()))
        .isBetween(now + century, Limit.NEVER - 1);
    assertThat(window.readyAt(now + 9 + century, most.permits())).isEqualTo(now + 9 + century);
  }

  @Test
  void aNewWindowTakesOverTheLongestMemoryThatThereIs() {
    SlidingWindow second = new SlidingWindow(Rate.parse("5/10ns"), Counted.FROM_START);
    SlidingWindow minute = new SlidingWindow(Rate.parse("50/100ns"), Counted.FROM_START);
    for (long now = 0; now < 50; now++) {
      second.readyAt(now, 1);
      second.start(now, 1);
      minute.start(now, 1);
    }
    SlidingWindow heir = new SlidingWindow(Rate.parse("20/100ns"), Counted.FROM_START);
    assertThat(heir.inherit(second, 50)).isTrue();
    assertThat(heir.inherit(minute, 50)).isTrue();
    assertThat(heir.readyAt(50, 1)).isEqualTo(30 + 100);
    SlidingWindow other = new SlidingWindow(Rate.parse("40/100ns"), Counted.FROM_START);
    other.inherit(minute, 50);
    other.inherit(second, 50);
    assertThat(other.readyAt(50, 1)).isEqualTo(10 + 100);
    heir.start(130, 1);
    assertThat(other.available(150)).as("a memory of its own").isEqualTo(40);
  }
}
