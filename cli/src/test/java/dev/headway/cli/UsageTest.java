package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class UsageTest {

  @TempDir private Path folder;

  @Test
  void without_a_command_all_are_listed_on_standard_error() {
    Cli ran = Cli.run("");

    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.messages()).contains("Usage: headway", "fetch", "exec", "server", "demo");
    assertThat(ran.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "ftech                        | there is no command \"ftech\"; did you mean fetch?",
        "upload                       | there is no command \"upload\"",
        "fetch --rat 3/s x            | there is no option --rat; did you mean --rate?",
        "fetch --ourput=x x           | there is no option --ourput; did you mean --output?",
        "server --prot 0              | there is no option --prot; did you mean --port?",
        "fetch a b                    | unexpected argument \"b\": fetch takes one FILE",
        "fetch                        | FILE",
        "fetch --rate 40 x            | --rate: \"40\" has no period; write 40/s, 100/m or 12/37m",
        "fetch --budget tokens x      | --budget: \"tokens\" is not NAME=RATE",
        "fetch --budget tokens=x x    | --budget: \"x\" is not a rate",
        "fetch --concurrency 0 x      | --concurrency: 0 is too few; write 1 or more",
        "fetch --retries -1 -         | --retries: -1 is too few; write 0 or more",
        "fetch --timeout 0s -         | --timeout: \"0\" leaves no time; write 30s or 2m",
        "fetch --timeout 5 -          | --timeout: '5' is not a duration",
        "fetch --max-body 0 -         | --max-body: 0 is out of range; write 1 to 1024",
        "fetch --count-from middle -  | --count-from: \"middle\" is not start, end or arrival",
        "fetch --count-from Strat -   | is not start, end or arrival; did you mean start?",
        "fetch --count-from arrival=x - | --count-from: 'x' is not a duration",
        "fetch --scope hots -         | --scope: \"hots\" is not host, path=, header=, github or"
            + " discord; did you mean host?",
        "fetch --scope path=( -       | --scope: \"(\" is no regular expression",
        "exec --per-host 2/s true     | there is no option --per-host; it is one of headway fetch",
        "server --output x            | --output; it is one of headway fetch and headway exec",
        "server --like gihub          | --like: \"gihub\" is not github, openai, anthropic,"
            + " shopify, discord or slack; did you mean github?",
        "server --speed 2             | need --like",
        "server --like openai --speed 0 | speed must be a number above 0, but it is 0.0",
        "server --like slack --token-quota tokens=3/s | --token-quota: Slack has no limit on"
            + " tokens",
        "server --like anthropic --token-quota tokens=3/s | it has input-tokens and output-tokens",
        "completion bsh               | SHELL: \"bsh\" is not bash, zsh or fish; did you mean"
            + " bash?",
        "help ftech                   | there is no command \"ftech\"; did you mean fetch?",
        "exec                         | COMMAND",
        "exec -j 0 true               | --concurrency: 0 is too few; write 1 or more",
        "exec --retries -1 true       | --retries: -1 is too few; write 0 or more",
        "exec --timeout 0s true       | --timeout: \"0\" leaves no time; write 30s or 2m",
        "exec --max-failures 0 true   | --max-failures: \"0\" is no number from 1; write 10 or"
            + " none",
        "exec --slow-down-on 256 true | --slow-down-on: 256 is out of range; write exit statuses"
            + " from 1 to 255",
        "exec --delimiter ab true     | --delimiter: \"ab\" is not one character",
        "exec --keep-order true       | there is no option --keep-order: write --ordered",
        "exec --colsep , true         | there is no option --colsep: write --delimiter CHAR",
        "exec -I {} true              | there is no option -I: {} is the place of the line already",
        "exec echo ::: a              | \":::\" is GNU parallel's; lines come from standard input",
        "fetch -u me x                | --user: \"me\" has no password; write USER:PASSWORD",
        "exec --line-bufered true     | there is no option --line-bufered; did you mean"
            + " --line-buffered?",
        "exec --line-buffered --ordered true | --line-buffered and --ordered contradict each other",
      })
  void wrong_usage_is_told_in_two_lines_and_ends_with_2(String line, String told) {
    Cli ran = Cli.run("", line.strip().split(" +"));

    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.messages().lines().toList())
        .hasSize(2)
        .satisfiesExactly(
            first -> assertThat(first).startsWith("headway: ").contains(told),
            second -> assertThat(second).matches("Try 'headway.* --help'\\."));
    assertThat(ran.out()).isEmpty();
  }

  @Test
  void a_file_that_cannot_be_read_is_named_with_the_reason() {
    assertRefused("no-such.txt\": there is no such file", "fetch", path("no-such.txt"));
    assertRefused("it is a directory", "fetch", folder.toString());
  }

  @Test
  void a_place_that_cannot_be_written_is_named_with_the_reason() throws IOException {
    Files.writeString(folder.resolve("urls.txt"), "");
    String urls = path("urls.txt");

    assertRefused("its folder does not exist", "fetch", urls, "--output", path("no/such"));
    assertRefused("cannot write \"" + folder, "fetch", urls, "--output", folder.toString());
  }

  @Test
  void results_never_replace_the_requests() throws IOException {
    Path urls = Files.writeString(folder.resolve("urls.txt"), "http://127.0.0.1:1/");

    assertRefused(
        "--output must not be the input file",
        "fetch",
        path("urls.txt"),
        "--output",
        path("urls.txt"));
    assertThat(urls).hasContent("http://127.0.0.1:1/");
  }

  @Test
  void help_is_asked_for_in_any_way_and_goes_to_standard_output() {
    for (String[] asked :
        new String[][] {{"--help"}, {"help"}, {"help", "fetch"}, {"fetch", "-h"}}) {
      assertThat(Cli.run("", asked).status()).as(String.join(" ", asked)).isEqualTo(0);
    }
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private static void assertRefused(String why, String... arguments) {
    Cli ran = Cli.run("", arguments);
    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.messages()).startsWith("headway: ").contains(why);
  }
}
