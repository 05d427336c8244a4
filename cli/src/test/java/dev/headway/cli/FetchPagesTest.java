package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Responses with more pages. */
@Timeout(60)
final class FetchPagesTest {

  @TempDir private Path folder;

  private final AtomicInteger refusals = new AtomicInteger();
  private Scripted server;

  @BeforeEach
  void serve() throws IOException {
    server = new Scripted((request, count) -> answer(request.path()));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** Three pages: by a link, by a URL, by a cursor; and what can go wrong. */
  private Scripted.Answer answer(String path) {
    return switch (path) {
      case "/link" -> page(1, "null", "Link", "</x?a>; rel=\"prev\", </link?page=2>; rel=\"NEXT\"");
      case "/link?page=2" ->
          refusals.getAndIncrement() == 0
              ? new Scripted.Answer(429, "", "Retry-After", "1")
              : page(2, "null", "Link", "<?page=3>;title=\"a, b\";rel=next");
      case "/link?page=3" -> page(3, "null", "Link", "</link>; rel=first");
      case "/url" -> page(1, "\"/url?page=2\"");
      case "/url?page=2" -> page(2, "\"/url?page=3\"");
      case "/url?page=3", "/cursor?q=x&at=c%262" -> page(3, "null");
      case "/cursor?q=x" -> page(1, "\"c&2\"");
      case "/loop" -> page(1, "\"/loop\"");
      case "/away" -> page(1, "\"http://localhost:1/\"");
      case "/broken" -> page(1, "\"/missing\"");
      case "/text" -> new Scripted.Answer(200, "no JSON");
      default -> new Scripted.Answer(404, "no such page");
    };
  }

  private static Scripted.Answer page(int number, String next, String... headers) {
    return new Scripted.Answer(
        200,
        "{\"items\": [%d, %d], \"total\": 6, \"next\": %s}".formatted(number, -number, next),
        headers);
  }

  private Cli fetch(String path, String... more) {
    String[] arguments = new String[more.length + 4];
    arguments[0] = "fetch";
    arguments[1] = "--quiet";
    System.arraycopy(more, 0, arguments, 2, more.length);
    arguments[more.length + 2] = "--base-url=" + server.uri();
    arguments[more.length + 3] = "-";
    return Cli.run(path + "\n", arguments);
  }

  @ParameterizedTest
  @CsvSource({"/link, link", "/url, /next"})
  void all_pages_are_fetched_and_are_one_result(String path, String next) {
    Cli ran = fetch(path, "--next=" + next);

    JsonNode result = ran.results().getFirst();
    assertThat(ran.results()).hasSize(1);
    assertThat(ran.status()).as(ran.out()).isEqualTo(0);
    assertThat(result.get("url").asString()).isEqualTo(server.uri() + path);
    assertThat(result.get("pages").asInt()).isEqualTo(3);
    assertThat(result.get("attempts").asInt()).isEqualTo(server.requests().size()).isGreaterThan(2);
    assertThat(result.get("bodies").valueStream().map(JsonNode::asString))
        .containsExactly(
            page(1, path.equals("/url") ? "\"/url?page=2\"" : "null").body(),
            page(2, path.equals("/url") ? "\"/url?page=3\"" : "null").body(),
            page(3, "null").body());
    assertThat(result.has("body")).isFalse();
    assertThat(result.has("morePages")).isFalse();
  }

  @Test
  void a_value_for_the_query_names_the_next_page_and_lists_of_all_pages_are_joined() {
    Cli ran = fetch("/cursor?q=x", "--next=at=/next", "--select=/items", "--select=/total");

    JsonNode result = ran.results().getFirst();
    assertThat(server.paths()).containsExactly("/cursor?q=x", "/cursor?q=x&at=c%262");
    assertThat(result.get("selected").toString()).isEqualTo("{\"items\":[1,-1,3,-3],\"total\":6}");
    assertThat(result.has("bodies")).isFalse();
  }

  @Test
  void pages_are_bounded_and_the_result_says_that_there_are_more() {
    JsonNode result = fetch("/url", "--next=/next", "--max-pages=2").results().getFirst();

    assertThat(server.requests()).hasSize(2);
    assertThat(result.get("pages").asInt()).isEqualTo(2);
    assertThat(result.get("morePages").asBoolean()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "/loop, page 2: its next page is one that has come before",
    "/away, 'page 2: its next page is on another host, which is not sent its headers'",
    "/broken, page 2: the server answered 404",
  })
  void a_page_that_cannot_be_fetched_fails_the_result_which_has_those_before(
      String path, String error) {
    Cli ran = fetch(path, "--next=/next");

    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.results().getFirst().get("error").asString()).isEqualTo(error);
    assertThat(ran.results().getFirst().get("bodies").size()).isEqualTo(1);
  }

  @Test
  void what_names_no_next_page_is_the_last() {
    assertThat(fetch("/text", "--next=/next").results().getFirst().get("pages").asInt())
        .isEqualTo(1);
    assertThat(fetch("/missing", "--next=link").results().getFirst().get("body").asString())
        .isEqualTo("no such page");
  }

  @Test
  void a_table_has_a_column_for_all_bodies() {
    Cli ran = fetch("/url", "--next=/next", "--output-format=csv");

    assertThat(ran.out().lines().findFirst().orElseThrow())
        .endsWith(",error,pages,morePages,bodies,body,bodyBase64");
    assertThat(ran.out()).contains(",,3,,\"[\"\"{\\\"\"items");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--next=next                  | --next: \"next\" is not link, /POINTER or"
            + " PARAMETER=/POINTER",
        "--max-pages=2                | --max-pages needs --next",
        "--next=link --max-pages=0    | --max-pages: 0 is too few; write 1 or more",
        "--next=link --bodies=OUT     | --next and --bodies contradict each other",
      })
  void wrong_usage_is_told(String options, String told) {
    Cli ran = fetch("/url", options.strip().replace("OUT", folder.toString()).split(" +"));

    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.messages()).contains(told);
    assertThat(server.requests()).isEmpty();
  }
}
