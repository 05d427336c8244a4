package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.headway.cli.practice.PracticeServer;
import dev.headway.cli.practice.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class PlanTest {

  @TempDir private Path folder;

  private static JsonNode plan(String input, String line) {
    List<String> arguments = new ArrayList<>(List.of("plan", "--json", "--warm-up", "0s"));
    arguments.addAll(List.of(line.strip().split(" +")));
    Cli ran = Cli.run(input, arguments.toArray(String[]::new));
    assertThat(ran.messages()).isEmpty();
    assertThat(ran.status()).isEqualTo(0);
    return ran.results().getFirst();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // 11 bursts, each a period after the last
        "--requests 1001 --rate 100/s --count-from start --latency 300ms | 10.3",
        // a place comes back a period after the end
        "--requests 1001 --rate 100/s --latency 300ms                    | 13.3",
        "--requests 1000 --rate 100/s --latency 0s                       | 9",
        // four hands
        "--requests 1001 --concurrency 4 --latency 300ms                     | 75.3",
        "--requests 1001 --spacing 5/s --latency 300ms                   | 200.3",
        // 200000 / 1500 = 133 in a minute
        "--requests 1000 --budget tokens=200000/m --each tokens=1500 --rate 500/m --count-from"
            + " start --latency 1s                                             | 421",
        // 256 at once where there is a rate
        "--requests 1000 --rate 1000/h --latency 1m                      | 240",
        "--requests 1 --latency 0s                                       | 0",
        "--requests 500 --each permits=50 --rate 100/s --count-from start --latency 1ms | 249.001",
      })
  void it_takes_as_long_as_can_be_reckoned_by_hand(String line, double seconds) {
    assertThat(plan("", line).get("seconds").asDouble()).isEqualTo(seconds, within(1e-9));
  }

  @Test
  void costs_and_hosts_are_read_as_fetch_reads_them() {
    String request = "{\"url\": \"http://%s/\", \"body\": {\"max_tokens\": %d}}\n";
    String lines =
        (request.formatted("a", 10).repeat(5) + request.formatted("b:80", 40)).repeat(2)
            + "# nothing\n\n"
            + request.formatted("b", 10);

    String byHost = "--per-host 1/s --count-from start --latency 0s -";
    assertThat(plan(lines, byHost).get("seconds").asDouble()).isEqualTo(9);

    // 5 * 10, 40 and 5 * 10 more than 100, 40 and 10
    String byTokens =
        "--budget tokens=100/m --cost tokens=/max_tokens --count-from start --latency 1s -";
    assertThat(plan(lines, byTokens).get("seconds").asDouble()).isEqualTo(61);
    assertThat(plan(lines, byTokens).get("requests").asInt()).isEqualTo(13);
  }

  @Test
  void a_table_and_a_template_make_requests_too() throws IOException {
    Path table = Files.writeString(folder.resolve("t.csv"), "host,n\na,1\na,2\nb,3\n");

    JsonNode plan =
        plan("", "--csv " + table + " --url http://{host}/{n} --per-host 1/m --latency 1s");

    assertThat(plan.get("requests").asInt()).isEqualTo(3);
    assertThat(plan.get("seconds").asDouble()).isEqualTo(62);
  }

  @Test
  void each_limit_has_its_part_of_the_time_and_what_it_would_be_otherwise() {
    // 1 a second for as long as the hour's 1000 last. Then both limits say so again and again.
    JsonNode plan =
        plan(
            "",
            "--requests 1100 --rate 1000/h --spacing 1/s --concurrency 7 --latency 6s --count-from"
                + " start");

    List<JsonNode> limits = plan.get("waitsFor").valueStream().toList();
    assertThat(limits)
        .extracting(limit -> limit.get("limit").asString())
        .containsExactly("7 at once", "1000/h", "spaced 1/s");
    assertThat(plan.get("seconds").asDouble()).isEqualTo(3600 + 99 + 6);
    assertThat(limits)
        .extracting(limit -> limit.get("share").asDouble() * 3705)
        .satisfiesExactly(
            atOnce -> assertThat(atOnce).isZero(),
            window -> assertThat(window).isEqualTo(3600 - 999 + 99, within(1e-6)),
            spacing -> assertThat(spacing).isEqualTo(999, within(1e-6)));
    assertThat(limits)
        .extracting(limit -> limit.get("secondsOtherwise").asDouble())
        .containsExactly(3705.0, 1099.0 + 6, 3600.0 + 14 * 6 + 6);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--requests 4 --concurrency 2 --latency 3s --rate 2/10s --count-from start | 0,10",
        "--requests 4 --concurrency 2 --latency 8s --rate 2/5s --count-from start  | 8,0",
      })
  void the_time_between_two_starts_is_put_down_to_the_last_limit_that_let_the_second_go(
      String line, String seconds) {
    JsonNode plan = plan("", line);

    double takes = plan.get("seconds").asDouble();
    assertThat(plan.get("waitsFor").valueStream())
        .map(limit -> Math.round(limit.get("share").asDouble() * takes) + "")
        .containsExactly(seconds.split(","));
  }

  @Test
  void earlier_results_say_how_long_requests_take() throws IOException {
    Path results =
        Files.writeString(
            folder.resolve("results.jsonl"),
            """
            {"id":1,"attempts":1,"startedAt":"2026-01-01T00:00:03Z","tookMs":100}
            {"id":2,"attempts":2,"startedAt":"2026-01-01T00:00:02Z","tookMs":300.5,"error":"x"}

            {"id":3,"attempts":0,"tookMs":0,"error":"line 3: it is not JSON"}
            {"id":4,"attempts":1,"startedAt":"2026-01-01T00:00:01Z","tookMs":7000}
            {"id":5,"attempts":1,"startedAt":"2026-01-01T00:00:00Z","tookMs":9000}
            """);
    String options = "--concurrency 1 --latency-from " + results + " --requests ";

    assertThat(plan("", options + 2).get("seconds").asDouble()).isEqualTo(16, within(1e-9));
    assertThat(plan("", options + 1004).get("seconds").asDouble())
        .isEqualTo(16.4005 + 500 * 0.1 + 500 * 0.3005, within(1e-9));
  }

  @Test
  void a_run_needs_a_moment_to_get_going_unless_earlier_results_tell() {
    String[] options = {"plan", "--json", "--requests", "11", "--rate", "1/s", "--latency", "0s"};
    JsonNode plan = Cli.run("", options).results().getFirst();

    assertThat(plan.get("seconds").asDouble()).isEqualTo(10.5, within(1e-9));
    assertThat(plan.get("warmUpSeconds").asDouble()).isEqualTo(0.5);
    options[1] = "--warm-up=2s";
    assertThat(Cli.run("", options).out()).contains("takes 12.0 s, 2.00 s of it to get going\n");
  }

  @Test
  void a_report_draws_what_is_said() throws IOException {
    Path report = folder.resolve("plan.html");
    String[] options =
        ("plan --requests 300 --rate 100/s --budget tokens=900/m --each tokens=3 --latency 300ms"
                + " --report "
                + report)
            .split(" ");

    assertThat(Cli.run("", options).status()).isEqualTo(0);
    String page = Files.readString(report);
    String data = page.substring(page.indexOf("id=\"picture\">") + 13, page.indexOf("</script>"));
    JsonNode picture = JsonMapper.shared().readTree(data);
    assertThat(picture.get("state").asString()).isEqualTo("PLANNED");
    assertThat(picture.get("total").asLong()).isEqualTo(300);
    assertThat(picture.get("elapsedMs").asLong()).isEqualTo(3_400);
    assertThat(picture.get("counts").get("succeeded").asLong()).isEqualTo(300);
    assertThat(picture.get("windows"))
        .extracting(window -> window.get("fullest").asLong())
        .containsExactly(100L, 900L);
    assertThat(picture.get("waitsFor"))
        .extracting(one -> one.get("limit").asString())
        .containsExactly(
            "256 at once",
            "100/s on arrival within 1s",
            "tokens 900/m on arrival within 1s",
            "the last answers");
    options[options.length - 1] = folder.resolve("none/plan.html").toString();
    assertThat(Cli.run("", options).messages()).contains("its folder does not exist");
  }

  @Test
  void people_are_told_in_the_width_of_a_terminal() {
    Cli ran =
        Cli.run(
            "",
            "plan --requests 1000 --rate 100/m --spacing 5/s --budget tokens=900/m --each tokens=9"
                .split(" "));

    assertThat(ran.messages()).isEmpty();
    assertThat(ran.out().lines())
        .allMatch(line -> line.length() <= 80 || line.contains("requests,"));
    assertThat(ran.out())
        .startsWith(
            "1000 requests, 100/m, spaced 5/s, tokens 900/m, 256 at once, 300 ms each, as is")
        .contains("\n  takes 9 min 23 s, 500 ms of it to get going\n  begun now, it ends at 20")
        .containsPattern("spaced 5/s +\\d\\.\\d %   \\d+ min \\d\\d s without it\n")
        .containsPattern("256 at once +0\\.0 %   the same with 512\n")
        .contains("the last answers");
    Matcher rows = Pattern.compile("(?m)^ +\\d+:\\d\\d min  =+ (\\d+) +\\S").matcher(ran.out());
    assertThat(rows.results().mapToInt(row -> Integer.parseInt(row.group(1))).sum())
        .isEqualTo(1000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "                                | there is no input: give a FILE",
        "- --requests 3                  | there is more than one input",
        "--requests 0                    | --requests: 0 is too few; write 1 or more",
        "--requests -5                   | --requests: -5 is too few; write 1 or more",
        "--requests many                 | many",
        "--requests 3 --latency soon     | 'soon' is not a duration",
        "--requests 3 --latency 1s --latency-from x | contradict each other",
        "--requests 3 --latency-from no-such | no-such\": there is no such file",
        "--requests 3 --concurrency 0        | --concurrency: 0 is too few; write 1 or more",
        "--requests 3 --each tokens=5    | there is no budget tokens: give it one with --budget",
        "--requests 3 --each tokens      | \"tokens\" is not NAME=AMOUNT",
        "--requests 3 --each tokens=9 --budget tokens=8/m | \"8/m on arrival within 1s\" allows at"
            + " most 8 tokens",
        "- --each tokens=5               | --each needs --requests",
        "--cost tokens=/n -              | there is no budget tokens",
        "-                               | there is no request in \"-\"",
        "--requests 3 --latncy 3s        | there is no option --latncy; did you mean --latency?",
      })
  void wrong_usage_is_told_in_two_lines(String line, String told) {
    String arguments = line == null ? "plan" : "plan " + line.strip();
    Cli ran = Cli.run("", arguments.split(" +"));

    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.messages().lines().toList())
        .hasSize(2)
        .first()
        .asString()
        .startsWith("headway: ")
        .contains(told);
    assertThat(ran.out()).isEmpty();
  }

  @Test
  void a_request_that_can_never_start_is_named_by_its_line_and_its_limit() {
    Cli ran =
        Cli.run(
            "http://a/\n\n{\"url\": \"http://a/\", \"cost\": 101}\n",
            "plan",
            "--rate",
            "100/m",
            "-");

    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.messages())
        .startsWith(
            "headway: line 3: 101 permits can never start: \"100/m on arrival within 1s\" allows");
  }

  @Test
  void lines_that_fetch_could_not_send_are_left_out_and_counted() {
    Cli ran = Cli.run("http://a/\nftp://b/\nhttp://c/\n{\n", "plan", "--json", "-");

    assertThat(ran.status()).isEqualTo(0);
    assertThat(ran.results().getFirst().get("requests").asInt()).isEqualTo(2);
    assertThat(ran.messages()).contains("2 lines", "line 2: \"ftp://b/\" cannot be fetched");
  }

  @Test
  void secrets_are_not_told() {
    String home = System.getenv("HOME");

    Cli ran = Cli.run("a\n", "plan", "--url", "ftp://a/${HOME}/{}", "-");

    assertThat(ran.messages()).contains("\"ftp://a/${HOME}/{}\"").doesNotContain(home);
  }

  @Test
  void what_would_take_longer_than_can_be_counted_is_told() {
    Cli ran = Cli.run("", "plan", "--requests", "300", "--rate", "1/365d");

    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.messages()).startsWith("headway: it would take longer than 250 years");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``                                     | it has no results",
        "{\"attempts\":0,\"tookMs\":0}          | it has no results",
        "http://a/                              | line 1: it is no result of fetch",
        "{\"tookMs\":\"5\"}                     | line 1: it is no result of fetch",
        "{\"tookMs\":-5}                        | line 1: it is no result of fetch",
      })
  void what_are_no_results_of_an_earlier_run_is_told(String line, String told) throws IOException {
    Path results = Files.writeString(folder.resolve("results.jsonl"), line + "\n");

    Cli ran = Cli.run("", "plan", "--requests", "3", "--latency-from", results.toString());

    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.messages()).contains("results.jsonl\": " + told);
  }

  @Test
  void no_real_run_is_faster_than_its_plan() throws IOException {
    try (PracticeServer server = PracticeServer.start(ServerOptions.ON_ANY_PORT)) {
      String lines =
          IntStream.range(0, 200)
              .mapToObj(i -> server.uri() + "/" + i)
              .collect(Collectors.joining("\n"));
      String[] options = {"--rate", "50/300ms", "--spacing", "400/s"};
      double planned =
          plan(lines, String.join(" ", options) + " --latency 0s -").get("seconds").asDouble();

      long began = System.nanoTime();
      Cli ran =
          Cli.run(lines, "fetch", options[0], options[1], options[2], options[3], "--quiet", "-");
      double took = (System.nanoTime() - began) / 1e9;

      assertThat(ran.status()).isEqualTo(0);
      assertThat(planned).isGreaterThan(0.9);
      assertThat(took).isGreaterThanOrEqualTo(planned);
    }
  }
}
