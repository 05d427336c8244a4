package dev.headway.cli.practice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class RefereeTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @Test
  void without_a_quota_everything_is_accepted_and_the_score_is_by_the_second() {
    Referee referee = new Referee(ServerOptions.ON_ANY_PORT);
    for (int i = 0; i < 1_000; i++) {
      assertThat(referee.rule(0)).isInstanceOf(Ruling.Accepted.class);
    }
    referee.rule(SECOND);

    assertThat(referee.stats())
        .isEqualTo(new ServerStats(1_001, 1_001, 0, 0, 1_000, OptionalLong.empty(), 1_000));
  }

  @Test
  void what_exceeds_the_quota_is_refused_and_still_counts_as_an_arrival() {
    Referee referee = new Referee(ServerOptions.ON_ANY_PORT.withQuota(2, Duration.ofMillis(500)));

    assertThat(referee.rule(0)).isEqualTo(new Ruling.Accepted(1, 1, SECOND / 2));
    assertThat(referee.rule(10)).isEqualTo(new Ruling.Accepted(2, 0, SECOND / 2 - 10));
    assertThat(referee.rule(20))
        .isEqualTo(new Ruling.Refused(3, SECOND / 2 - 20, "Too many requests"));
    assertThat(referee.stats()).isEqualTo(new ServerStats(3, 2, 1, 0, 3, OptionalLong.of(2), 500));
  }

  @Test
  void every_kth_request_finds_the_server_busy_whatever_the_quota() {
    Referee referee = new Referee(ServerOptions.ON_ANY_PORT.withBusyEvery(3));
    for (int number = 1; number <= 9; number++) {
      Ruling ruling = referee.rule(number * SECOND);
      if (number % 3 == 0) {
        assertThat(ruling).isEqualTo(new Ruling.Refused(number, SECOND, "The server is busy"));
      } else {
        assertThat(ruling).isInstanceOf(Ruling.Accepted.class);
      }
    }

    assertThat(referee.stats().rejected()).isEqualTo(3);
  }

  @Test
  void a_request_that_is_dropped_or_finds_the_server_busy_takes_nothing_from_the_quota() {
    Referee referee =
        new Referee(
            ServerOptions.ON_ANY_PORT
                .withQuota(2, Duration.ofHours(1))
                .withBusyEvery(2)
                .withDropEvery(3));

    assertThat(referee.rule(0)).isInstanceOf(Ruling.Accepted.class);
    assertThat(referee.rule(0)).isInstanceOf(Ruling.Refused.class);
    assertThat(referee.rule(0)).isEqualTo(new Ruling.Dropped(3));
    assertThat(referee.rule(0)).isInstanceOf(Ruling.Refused.class);
    assertThat(referee.rule(0)).isInstanceOf(Ruling.Accepted.class);
  }

  @Test
  void a_request_whose_turn_it_is_to_be_dropped_is_dropped_even_when_the_server_is_busy() {
    Referee referee = new Referee(ServerOptions.ON_ANY_PORT.withBusyEvery(1).withDropEvery(1));

    assertThat(referee.rule(0)).isEqualTo(new Ruling.Dropped(1));
    assertThat(referee.stats())
        .isEqualTo(new ServerStats(1, 0, 0, 1, 1, OptionalLong.empty(), 1_000));
  }
}
