package dev.headway.cli.practice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.cli.practice.StrictWindow.Admission;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class StrictWindowTest {

  @Test
  void lets_in_as_many_as_permitted_and_then_no_more() {
    StrictWindow window = new StrictWindow(2, 100);

    assertThat(window.admit(10)).isEqualTo(new Admission(true, 1, 100));
    assertThat(window.admit(30)).isEqualTo(new Admission(true, 0, 80));
    assertThat(window.admit(30)).isEqualTo(new Admission(false, 0, 80));
  }

  @Test
  void exactly_one_period_later_there_is_room_again_and_not_a_nanosecond_before() {
    StrictWindow window = new StrictWindow(1, 100);
    window.admit(7);

    assertThat(window.admit(106)).isEqualTo(new Admission(false, 0, 1));
    assertThat(window.admit(107)).isEqualTo(new Admission(true, 0, 100));
  }

  @Test
  void a_refused_request_takes_nothing() {
    StrictWindow window = new StrictWindow(1, 100);
    window.admit(0);
    for (long now = 1; now < 100; now++) {
      assertThat(window.admit(now).accepted()).isFalse();
    }

    assertThat(window.admit(100).accepted()).isTrue();
  }

  @Test
  void a_refused_caller_that_waits_as_long_as_it_is_told_is_let_in() {
    StrictWindow window = new StrictWindow(3, 1_000);
    Random random = new Random(1);
    long now = 0;
    for (int i = 0; i < 10_000; i++) {
      now += random.nextLong(500);
      Admission admission = window.admit(now);
      if (!admission.accepted()) {
        now += admission.moreAfterNanos();
        assertThat(window.admit(now).accepted()).isTrue();
      }
    }
  }

  @Test
  void decides_as_a_plain_count_of_the_last_period_does() {
    Random random = new Random(2);
    for (int round = 0; round < 200; round++) {
      long permits = 1L + random.nextInt(8);
      long period = 1L + random.nextInt(60);
      StrictWindow window = new StrictWindow(permits, period);
      List<Long> accepted = new ArrayList<>();
      long now = random.nextBoolean() ? 0 : Long.MAX_VALUE - 1_000;
      for (int i = 0; i < 300; i++) {
        now += random.nextInt(12);
        boolean room = countIn(accepted, now, period) < permits;
        if (room) {
          accepted.add(now);
        }

        Admission admission = window.admit(now);

        assertThat(admission.accepted()).isEqualTo(room);
        assertThat(admission.remaining()).isEqualTo(permits - countIn(accepted, now, period));
      }
    }
  }

  /**
   * How many of the instants lie in (end - period, end], counted so that it holds where time wraps
   * around.
   */
  private static long countIn(List<Long> instants, long end, long period) {
    return instants.stream().filter(instant -> end - instant < period).count();
  }
}
