package dev.headway.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headway.limit.Counted;
import dev.headway.limit.Pause;
import dev.headway.limit.Rate;
import dev.headway.testkit.VirtualTime;
import dev.headway.testkit.Windows;
import dev.headway.throttle.Throttle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ControlsTest {

  private final VirtualTime time = new VirtualTime();
  private final List<Boolean> told = new ArrayList<>();

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

  @Test
  void while_it_is_paused_nothing_starts_and_what_waits_goes_on_when_it_is_resumed()
      throws Exception {
    Throttle throttle = Throttle.builder().rate("2/s").timeSource(time).build();
    Controls controls = new Controls(throttle, told::add);
    AtomicLong startedAt = new AtomicLong(-1);
    play(() -> {
      throttle.acquire().close();
      controls.pause(true);
      assertThat(throttle.tryAcquire()).isEmpty();
      Thread waiter =
          time.start(
              "waiter",
              () -> {
                try {
                  throttle.acquire().close();
                  startedAt.set(time.nanoTime());
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      time.sleep(Duration.ofHours(3));
      assertThat(startedAt).hasValue(-1);
      controls.pause(false);
      waiter.join();
    });
    assertThat(startedAt).hasValue(Duration.ofHours(3).toNanos());
    assertThat(told).containsExactly(true, false);
  }

  @Test
  void resuming_leaves_a_pause_that_a_server_asked_for() throws Exception {
    Throttle throttle = Throttle.builder().rate("9/s").timeSource(time).build();
    Controls controls = new Controls(throttle, told::add);
    play(() -> {
      controls.pause(true);
      throttle.pauseFor(Duration.ofSeconds(30));
      controls.pause(false);
      assertThat(throttle.tryAcquire()).isEmpty();
      throttle.acquire().close();
    });
    assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void pausing_and_slowing_down_leave_all_other_rules() throws Exception {
    Throttle throttle =
        Throttle.builder()
            .rate("40/s", Counted.FROM_END)
            .rate("3/m", Counted.FROM_END)
            .budget("tokens", "5/h")
            .limit(new Pause())
            .timeSource(time)
            .build();
    Controls controls = new Controls(throttle, told::add);
    controls.pause(true);
    controls.slow(50);
    controls.pause(false);

    assertThat(throttle.snapshot().rules())
        .extracting(rule -> rule.limit().toString())
        .containsExactlyInAnyOrder("20/s from end", "3/m from end", "5/h", "pause", "pause");
    play(() -> {
      for (int i = 0; i < 3; i++) {
        throttle.acquire().close();
      }
      controls.slow(100);
      assertThat(throttle.tryAcquire()).isEmpty();
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"40/s", "3/m", "1/s", "7/10s"})
  void however_it_is_changed_no_window_holds_more_than_was_given_and_what_is_asked_comes(
      String given) throws Exception {
    Rate rate = Rate.parse(given);
    Throttle throttle = Throttle.builder().rate(rate).timeSource(time).build();
    Controls controls = new Controls(throttle, told::add);
    List<Long> starts = new ArrayList<>();
    int[] percents = {100, 10, 55, 100, 35, 100};
    play(() -> {
      for (int percent : percents) {
        controls.slow(percent);
        long began = time.nanoTime();
        int from = starts.size();
        Duration all = rate.period().multipliedBy(60);
        while (time.nanoTime() - began < all.toNanos()) {
          throttle.acquire().close();
          starts.add(time.nanoTime());
        }
        double asked = rate.permits() * 60.0 * percent / 100;
        assertThat((double) starts.size() - from)
            .as("%d %%", percent)
            .isBetween(asked - 2 * rate.permits() - 2, asked + 2 * rate.permits() + 2);
      }
    });
    long[] instants = starts.stream().mapToLong(Long::longValue).toArray();
    assertThat((long) Windows.fullest(instants, rate.period())).isEqualTo(rate.permits());
  }

  @ParameterizedTest
  @CsvSource({
    "40/s, 50, 20/s, 20/s",
    "3/m, 50, 2/80s, 1.5/m",
    "12/37m, 10, 2/3700s, 1.2/37m",
    "1/s, 10, 1/10s, 0.1/s",
    "7/s, 100, 7/s, 7/s"
  })
  void a_part_of_a_rate_is_exact(String given, int percent, String rule, String spoken) {
    Throttle throttle = Throttle.builder().rate(given).build();
    Controls controls = new Controls(throttle, told::add);
    controls.slow(percent);

    assertThat(Controls.slowed(Rate.parse(given), percent)).isEqualTo(Rate.parse(rule));
    assertThat(controls.speed())
        .contains(new Picture.Speed(given, spoken, percent, Controls.SLOWEST_PERCENT));
  }

  @Test
  void a_spacing_is_slowed_down_where_there_is_no_rate() {
    Throttle spaced = Throttle.builder().spacing("5/s").build();
    new Controls(spaced, told::add).slow(20);
    assertThat(spaced.snapshot().rules())
        .extracting(rule -> rule.limit().toString())
        .containsExactly("spaced 1/s");

    Controls none = new Controls(Throttle.builder().concurrency(3).build(), told::add);
    assertThat(none.speed()).isEmpty();
    assertThatThrownBy(() -> none.slow(50)).hasMessageContaining("no rate");
  }

  @Test
  void it_cannot_be_made_faster_than_it_was() {
    Controls controls = new Controls(Throttle.of("5/s"), told::add);
    for (int percent : new int[] {101, 9, 0, -50, Integer.MAX_VALUE}) {
      assertThatThrownBy(() -> controls.slow(percent))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("10 to 100 % of what it is, not " + percent);
    }
  }
}
