package dev.headway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.limit.Limit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a server has said is left. */
class ServerQuotaLimitTest {

  private static final long RESET = 100;

  /** A word that the one running request has brought. */
  private static ServerQuotaLimit first(long remaining) {
    ServerQuotaLimit allowance = new ServerQuotaLimit(remaining, RESET, 1, 1, () -> 2);
    allowance.start(0, 1);
    return allowance;
  }

  private static ServerQuotaLimit next(
      ServerQuotaLimit former, long remaining, long askedAt, long heardAt) {
    ServerQuotaLimit next = new ServerQuotaLimit(remaining, RESET + 1, 1, askedAt, () -> heardAt);
    assertThat(next.inherit(former, 0)).isTrue();
    return next;
  }

  private static long left(ServerQuotaLimit allowance) {
    long left = 0;
    while (allowance.readyAt(0, left + 1) <= 0) {
      left++;
    }
    return left;
  }

  @Test
  void noMoreStartThanAreLeftUntilItIsReset() {
    ServerQuotaLimit allowance = first(3);
    for (int i = 0; i < 3; i++) {
      assertThat(allowance.readyAt(i, 1)).isEqualTo(i);
      allowance.start(i, 1);
    }

    assertThat(allowance.readyAt(3, 1)).isEqualTo(RESET);
    allowance.end(0, 4, 1);
    assertThat(allowance.readyAt(5, 1)).isEqualTo(RESET);
    assertThat(allowance.readyAt(RESET, 1)).isEqualTo(RESET);
    assertThat(allowance.idle(RESET - 1)).isFalse();
    assertThat(allowance.idle(RESET)).as("what runs may still be heard of").isFalse();
    allowance.end(1, RESET, 1);
    allowance.end(2, RESET, 1);
    allowance.end(0, RESET, 1);
    assertThat(allowance.idle(RESET)).isTrue();
  }

  @Test
  void aRequestWhoseWordHasComeIsNotTakenFromTheNextWordAgain() {
    ServerQuotaLimit allowance = first(10);
    allowance.start(0, 1);
    allowance.start(0, 1);
    ServerQuotaLimit second = next(allowance, 9, 1, 3);
    ServerQuotaLimit third = next(second, 8, 4, 5);

    assertThat(left(third)).as("all three have been counted, and none has ended").isEqualTo(8);
  }

  @Test
  void whatIsTakenBackIsLeftAgain() {
    ServerQuotaLimit allowance = first(1);
    allowance.start(0, 1);
    allowance.settle(0, 0, 1, 0);

    assertThat(left(allowance)).isEqualTo(1);
  }

  @Test
  void howeverRequestsAreSettledThoseThatAReportMayNotHaveCountedAreTakenFromIt() {
    ServerQuotaLimit allowance = new ServerQuotaLimit(1_000, RESET, 20, 1, () -> 2);
    allowance.start(0, 20);
    for (int i = 0; i < 50; i++) {
      allowance.start(0, 20);
      allowance.settle(0, 0, 20, 3);
      allowance.end(0, 0, 3);
      long step = 3L + i;
      ServerQuotaLimit report = new ServerQuotaLimit(1_000, RESET, 20, step, () -> step + 1);
      report.inherit(allowance, 0);
      allowance = report;
      assertThat(left(allowance)).as("one has been counted, none is in flight").isEqualTo(1_000);
    }
    allowance.start(0, 60);
    ServerQuotaLimit report = new ServerQuotaLimit(1_000, RESET, 20, 100, () -> 101);
    report.inherit(allowance, 0);

    assertThat(left(report)).as("three are in flight, of which one is counted").isEqualTo(960);
  }

  @Test
  void whatRunsIsTakenFromAWord() {
    ServerQuotaLimit allowance = new ServerQuotaLimit(9, RESET, 1, 1, () -> 2);
    allowance.start(0, 4);

    assertThat(left(allowance)).isEqualTo(6);
  }

  @Test
  void aWordThatWasOvertakenDoesNotLoosenTheLast() {
    ServerQuotaLimit last = first(0);
    last.start(0, 1);
    ServerQuotaLimit late = next(last, 1, 1, 3);

    assertThat(left(late)).isZero();
    assertThat(late.readyAt(0, 1)).isEqualTo(RESET);
  }

  @Test
  void aReportThatWasOvertakenDoesNotLoosenTheTimeAfterTheReset() {
    ServerQuotaLimit full = new ServerQuotaLimit(0, RESET, 1, 1, 1, () -> 2);
    full.start(0, 1);
    ServerQuotaLimit late = new ServerQuotaLimit(9, 3 * RESET, 20, 1, 1, () -> 3);
    late.inherit(full, RESET - 1);
    late.end(0, RESET, 1);

    assertThat(late.readyAt(RESET, 2)).as("one at a time, as the last says").isEqualTo(RESET);
    late.start(RESET, 1);
    assertThat(late.readyAt(RESET, 1)).isEqualTo(Limit.NEVER);
  }

  @Test
  void aReportThatComesAfterTheResetOfALaterOneIsIgnoredIfItLeavesMoreThanThatTakes() {
    ServerQuotaLimit full = new ServerQuotaLimit(0, RESET, 1, 1, 1, () -> 2);
    full.start(0, 2);
    ServerQuotaLimit late = new ServerQuotaLimit(9, 3 * RESET, 20, 1, 1, () -> 4);
    late.inherit(full, RESET + 1);
    late.end(0, RESET + 1, 2);
    late.start(RESET + 1, 1);
    assertThat(late.readyAt(RESET + 1, 1)).isEqualTo(Limit.NEVER);

    ServerQuotaLimit newer = new ServerQuotaLimit(9, 3 * RESET, 20, 1, 3, () -> 5);
    newer.inherit(late, RESET + 2);
    assertThat(newer.readyAt(RESET + 2, 9)).as("asked for after the last").isEqualTo(RESET + 2);
    assertThat(newer.readyAt(RESET + 2, 10)).isEqualTo(3 * RESET);
  }

  @Test
  void aWordThatWasAskedForLaterReplacesTheLast() {
    ServerQuotaLimit last = first(0);
    last.end(0, 0, 1);
    last.start(0, 1);

    assertThat(left(next(last, 5, 3, 4))).isEqualTo(5);
  }

  @Test
  void aWordThatIsOverHoldsForNobody() {
    ServerQuotaLimit last = first(0);
    last.start(0, 1);
    ServerQuotaLimit late = new ServerQuotaLimit(5, 2 * RESET, 1, 1, () -> 3);
    late.inherit(last, RESET);

    assertThat(late.readyAt(RESET, 5)).isEqualTo(RESET);
    assertThat(late.readyAt(RESET, 6)).isEqualTo(2 * RESET);
  }

  @Test
  void afterTheResetNoMoreRunThanTheServerTakesUntilItsNextWord() {
    ServerQuotaLimit allowance = new ServerQuotaLimit(0, RESET, 2, 1, 1, () -> 2);
    allowance.start(0, 1);
    allowance.end(0, 1, 1);

    assertThat(allowance.available(RESET)).isEqualTo(2);
    assertThat(allowance.readyAt(RESET, 2)).isEqualTo(RESET);
    allowance.start(RESET, 1);
    assertThat(allowance.readyAt(RESET, 1)).isEqualTo(RESET);
    assertThat(allowance.readyAt(RESET, 2)).isEqualTo(Limit.NEVER);
    allowance.start(RESET, 1);
    assertThat(allowance.available(RESET)).isZero();
    allowance.end(RESET, RESET + 1, 2);
    assertThat(allowance.readyAt(RESET + 1, 3)).as("alone, any may").isEqualTo(RESET + 1);
  }

  @Test
  void whatEndsWithoutAWordMayHaveBeenCountedOrNot() {
    ServerQuotaLimit last = first(4);
    last.start(0, 2);
    last.end(0, 0, 1);

    assertThat(left(last)).isEqualTo(2);
    assertThat(left(next(last, 3, 1, 3))).isEqualTo(2);
  }

  @Test
  void inWhateverOrderWordsComeAllIsTakenThatIsLeftAndNoMore() {
    long quota = 50;
    for (int seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      long taken = 1;
      ServerQuotaLimit allowance = first(quota - 1);
      allowance.end(0, 0, 1);
      long step = 2;
      // Each has the step at which it was sent and, once the server has counted it, what was left.
      List<long[]> sent = new ArrayList<>();
      List<long[]> answered = new ArrayList<>();
      while (true) {
        boolean may = allowance.readyAt(0, 1) <= 0;
        if (!may && sent.isEmpty() && answered.isEmpty()) {
          break;
        }
        int what = random.nextInt(3);
        if (what == 0 && may && sent.size() + answered.size() < 8) {
          allowance.start(0, 1);
          sent.add(new long[] {++step, 0});
        } else if (what == 1 && !sent.isEmpty()) {
          long[] one = sent.remove(random.nextInt(sent.size()));
          one[1] = quota - ++taken;
          assertThat(one[1]).as("seed %d", seed).isNotNegative();
          answered.add(one);
        } else if (what == 2 && !answered.isEmpty()) {
          long[] one = answered.remove(random.nextInt(answered.size()));
          allowance = next(allowance, one[1], one[0], ++step);
          allowance.end(0, 0, 1);
        }
      }
      assertThat(taken).as("seed %d", seed).isEqualTo(quota);
    }
  }
}
