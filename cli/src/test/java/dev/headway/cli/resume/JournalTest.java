package dev.headway.cli.resume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headway.limit.Cost;
import dev.headway.throttle.PriorStart;
import dev.headway.throttle.ThrottleEvent.Granted;
import dev.headway.throttle.ThrottleEvent.Paused;
import dev.headway.throttle.ThrottleEvent.Released;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JournalTest {

  private static final Duration DAY = Duration.ofDays(1);

  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("journal");
  }

  private Journal open() throws IOException {
    return new Journal(file(), DAY);
  }

  /** The number of the last permit. */
  private long permit;

  /** What the next run would know. */
  private EarlierStarts next() throws IOException {
    try (Journal journal = open()) {
      return journal.earlier();
    }
  }

  private void start(Journal journal, String throttle, Cost cost) {
    journal.onEvent(
        throttle,
        new Granted(throttle, Optional.empty(), Instant.now(), cost, ++permit, Duration.ZERO));
  }

  private void end(Journal journal, String throttle, Cost cost) {
    journal.onEvent(
        throttle,
        new Released(throttle, Optional.empty(), Instant.now(), cost, permit, Duration.ZERO));
  }

  private static void pause(Journal journal, String throttle, Duration pause) {
    journal.onEvent(throttle, new Paused(throttle, Optional.empty(), Instant.now(), pause));
  }

  @Test
  void what_was_started_and_ended_is_known_with_what_it_took() throws IOException {
    Instant before = Instant.now().truncatedTo(ChronoUnit.MICROS);
    try (Journal journal = open()) {
      start(journal, "fetch/a", Cost.of("tokens", 900));
      end(journal, "fetch/a", Cost.of("tokens", 500));
      start(journal, "fetch/b", Cost.one());
      end(journal, "fetch/b", Cost.one());
    }
    EarlierStarts earlier = next();

    assertThat(earlier.of("fetch/a"))
        .singleElement()
        .satisfies(work -> {
          assertThat(work.cost()).isEqualTo(new Cost(1, Map.of("tokens", 500L)));
          assertThat(work.startedAt()).isBetween(before, Instant.now());
          assertThat(work.endedAt().orElseThrow()).isBetween(work.startedAt(), Instant.now());
        });
    assertThat(earlier.of("fetch")).hasSize(2);
    assertThat(earlier.of("fetc")).isEmpty();
  }

  @Test
  void what_was_under_way_has_no_end_for_the_next_run_and_one_for_those_after_it()
      throws IOException {
    try (Journal journal = open()) {
      start(journal, "fetch", Cost.permits(3));
    }
    assertThat(next().of("fetch")).singleElement().matches(work -> work.endedAt().isEmpty());
    PriorStart later = next().of("fetch").getFirst();

    assertThat(later.endedAt()).isPresent();
    assertThat(later.cost()).isEqualTo(Cost.permits(3));
  }

  @Test
  void what_ended_longer_ago_than_any_limit_counts_is_left_out() throws Exception {
    try (Journal journal = open()) {
      start(journal, "fetch", Cost.one());
      end(journal, "fetch", Cost.one());
    }
    EarlierStarts later = new EarlierStarts(Instant.now().plus(DAY), DAY);
    later.read(file());
    assertThat(later.of("fetch")).isEmpty();
    EarlierStarts soon = new EarlierStarts(Instant.now().plus(DAY).minusSeconds(60), DAY);
    soon.read(file());
    assertThat(soon.of("fetch")).hasSize(1);
  }

  @Test
  void a_torn_line_says_nothing_and_those_after_it_do() throws IOException {
    try (Journal journal = open()) {
      start(journal, "fetch", Cost.one());
    }
    byte[] torn = {'{', '"', 's', 't', (byte) 0xC3, 0, 0};
    Files.write(file(), torn, StandardOpenOption.APPEND);
    try (Journal journal = open()) {
      journal.earlier();
      start(journal, "fetch", Cost.one());
      end(journal, "fetch", Cost.one());
    }
    assertThat(next().of("fetch")).hasSize(2).allMatch(work -> work.endedAt().isPresent());
  }

  @Test
  void a_pause_is_known_as_long_as_it_lasts() throws IOException {
    try (Journal journal = open()) {
      pause(journal, "fetch/a", Duration.ofMinutes(5));
      pause(journal, "fetch/a", Duration.ofMinutes(1));
      pause(journal, "fetch/b", Duration.ZERO);
    }
    EarlierStarts earlier = next();

    assertThat(earlier.pauseOf("fetch/a")).isBetween(Duration.ofMinutes(4), Duration.ofMinutes(5));
    assertThat(earlier.pauseOf("fetch/b")).isZero();
    assertThat(earlier.pauseOf("fetch/c")).isZero();
  }

  @Test
  void it_does_not_grow_and_keeps_what_is_under_way() throws Exception {
    Duration short_ = Duration.ofMillis(1);
    try (Journal journal = new Journal(file(), short_, 2_000)) {
      Thread held = Thread.ofPlatform().start(() -> start(journal, "fetch", Cost.permits(7)));
      held.join();
      for (int i = 0; i < 2_000; i++) {
        start(journal, "fetch", Cost.one());
        end(journal, "fetch", Cost.one());
      }
      journal.check();
    }
    try (var files = Files.list(folder)) {
      List<Path> both = files.toList();
      assertThat(both)
          .hasSize(2)
          .allSatisfy(each -> assertThat(each.toFile().length()).isLessThan(60_000));
    }
    assertThat(next().of("fetch")).anyMatch(work -> work.cost().permits() == 7);
  }

  @Test
  void a_symbolic_link_is_not_followed() throws IOException {
    Path victim = Files.writeString(folder.resolve("victim"), "mine");
    Files.createSymbolicLink(file(), victim);

    assertThatThrownBy(this::open).hasMessageContaining("it is a symbolic link");
    assertThat(victim).hasContent("mine");
  }
}
