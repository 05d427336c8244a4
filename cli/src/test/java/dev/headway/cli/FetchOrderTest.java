package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.cli.Scripted.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In which order requests start. */
@Isolated("sees the order by when requests arrive, some of them 200 ms apart")
@Timeout(60)
final class FetchOrderTest {

  @TempDir private Path folder;

  private static List<String> paths(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(i -> "/" + i).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--concurrency 1",
        "--concurrency 1 --ordered",
        "--spacing 5/s",
        "--concurrency 1 --rate 1000/s",
        "--concurrency 1 --per-host 1000/s",
        "--spacing 5/s --rate 1000/s --report",
      })
  void requests_start_in_input_order(String options) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("fetch"));
    arguments.addAll(List.of(options.split(" ", -1)));
    if (options.endsWith("--report")) {
      arguments.add(folder.resolve("report.html").toString());
    }
    arguments.add("-");
    // Spaced requests are several in flight, and a busy machine may delay one on its way.
    int count = options.contains("--spacing") ? 12 : 60;
    try (Scripted server = new Scripted((request, attempt) -> new Answer(200, "x"))) {
      Cli ran = Cli.run(server.urls(count), arguments.toArray(String[]::new));

      assertThat(ran.status()).isEqualTo(0);
      assertThat(server.paths()).isEqualTo(paths(count));
    }
  }

  @Test
  void requests_of_each_host_start_in_input_order_and_no_host_holds_up_another()
      throws IOException {
    try (Scripted slow = new Scripted((request, count) -> new Answer(200, "x"));
        Scripted quick = new Scripted((request, count) -> new Answer(200, "x"))) {
      // The limit is for all hosts alike, so the one with more requests takes longer.
      String lines = slow.urls(60) + quick.urls(10);
      Cli ran = Cli.run(lines, "fetch", "--per-host", "20/s", "--count-from", "start", "-");

      assertThat(ran.status()).isEqualTo(0);
      assertThat(quick.requests().getLast().nanos())
          .isLessThan(slow.requests().getLast().nanos() - Duration.ofSeconds(1).toNanos());
    }
  }
}
