package dev.headway.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.Headway;
import dev.headway.examples.Web.Page;
import dev.headway.examples.Web.Url;
import dev.headway.testkit.Stopwatch;
import dev.headway.testkit.VirtualTime;
import dev.headway.testkit.Windows;
import dev.headway.throttle.Throttle;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Tests in virtual time, and the stopwatch. */
class TestingSamplesTest {

  private final List<Url> urls = Web.urls(10);

  @Test
  void anHourOfWaitingTakesNoTime() throws Exception {
    VirtualTime time = new VirtualTime();
    Throttle throttle = Throttle.builder().rate("1/h").timeSource(time).build();
    throttle.acquire().close();
    throttle.acquire().close();
    assertThat(time.elapsed()).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void aRunFetchesAtMostTwoPagesASecond() throws Exception {
    VirtualTime time = new VirtualTime();
    Throttle throttle = Throttle.builder().rate("2/s").timeSource(time).build();
    List<Instant> starts = new CopyOnWriteArrayList<>();

    time.run(() -> {
      Headway.with(throttle).forEach(urls, url -> starts.add(time.instant()));
      return null;
    });

    assertThat(starts).hasSize(10);
    assertThat(Windows.fullest(starts, Duration.ofSeconds(1))).isEqualTo(2);
    assertThat(time.elapsed()).hasSeconds(4);
  }

  @Test
  void aStopwatchTimesEachPieceOfWork() {
    List<String> printed = new ArrayList<>();
    Url url = new Url("one", "/1");

    Stopwatch stopwatch = new Stopwatch("fetch", printed::add);
    try (Stopwatch.Span span = stopwatch.start()) {
      fetch(url);
    }
    Page page = stopwatch.time(() -> fetch(url));

    assertThat(page.text()).isEqualTo("text of one/1");
    assertThat(stopwatch.count()).isEqualTo(2);
    assertThat(printed).hasSize(2).allMatch(line -> line.startsWith("fetch"));
  }

  private static Page fetch(Url url) {
    return Web.fetch(url);
  }
}
