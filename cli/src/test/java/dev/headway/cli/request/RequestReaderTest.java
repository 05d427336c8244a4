package dev.headway.cli.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.limit.Cost;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RequestReaderTest {

  private final RequestReader reader =
      new RequestReader(Duration.ofSeconds(1), false, Set.of("tokens"), RequestDefaults.NONE);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "not a url                | \"not a url\" cannot be fetched: it must begin with http:// or"
            + " https://",
        "http://                  | \"http://\" is not a URL: Expected authority",
        "http:///path             | \"http:///path\" names no host",
        "ftp://h/                 | \"ftp://h/\" cannot be fetched: it must begin with http:// or"
            + " https://",
        "//h/                     | \"//h/\" cannot be fetched: it must begin with http:// or"
            + " https://",
        "http://h:99999/          | \"http://h:99999/\" has a port that is not from 1 to 65535",
        "http://h:0/              | \"http://h:0/\" has a port that is not from 1 to 65535",
        "http://a b/              | \"http://a b/\" is not a URL: Illegal character in authority",
        "http://bü:cher.example/  | \"http://bü:cher.example/\" names no host that can be asked:"
            + " its name may have letters, digits, - and dots, then a colon and a port",
        "http://faß.example/      | \"http://faß.example/\" has a letter in its host that stands"
            + " for another in IDNA 2003: write the host in ASCII, such as xn--fa-hia.de for"
            + " faß.de",
        "http://my_host:8080/     | \"http://my_host:8080/\" has a host with _ in its name, which"
            + " Java's HTTP client cannot send to: use its address, or a name without _",
        "http://me:pw@h/          | \"http://…@h/\" holds a user name or password, which is not"
            + " sent: use an Authorization header",
        "[1, 2]                   | \"[1, 2]\" cannot be fetched: it must begin with http:// or"
            + " https://",
        "42                       | \"42\" cannot be fetched: it must begin with http:// or"
            + " https://",
        "{}                       | it has no url",
        "{\"url\": 5}             | its url must be a text, not 5",
        "{\"url\": \"http://h/\"  | it is not JSON: it ends too early",
        "{\"url\": \"http://h/\"} x | it is not one JSON object: see character 22",
        "{\"url\": \"http://h/\"}{}  | it is not one JSON object: see character 21",
        "{\"url\": 1, \"url\": 2}   | it has the same field twice: see character 19",
        "{'url': 1}               | it is not one JSON object: see character 2",
      })
  void a_line_that_is_no_request_says_why(String line, String why) {
    assertThat(why(line)).isEqualTo("line 7: " + why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`\"id\": [1]`                     | its id must be a text or a number, not [1]",
        "`\"id\": {\"a\": 1}`              | its id must be a text or a number, not {\"a\":1}",
        "`\"id\": true`                    | its id must be a text or a number, not true",
        "`\"headres\": {}`                 | \"headres\" is no field of a request: did you mean"
            + " headers?",
        "`\"headers\": {\"X\": \"é\"}`      | its header \"X\" has characters in its value that are"
            + " not ASCII, which headers cannot have",
        "`\"method\": \"G E T\"`           | its method \"G E T\" is not one that can be sent",
        "`\"method\": \"CONNECT\"`         | its method \"CONNECT\" is not one that can be sent",
        "`\"method\": 5`                   | its method must be a text, not 5",
        "`\"headers\": {\"Host\": \"h\"}`  | its header \"Host\" is set by headway itself",
        "`\"headers\": {\"X\": [\"a\"]}`   | its header \"X\" must be a text",
        "`\"cost\": 0`                     | permits must be ",
        "`\"cost\": {\"tokens\": \"5\"}`   | its cost of tokens must be a whole number, not \"5\"",
        "`\"cost\": {\"tokens\": -5}`      | an amount of tokens must be ",
        "`\"cost\": {\"coins\": 5}`        | its cost is in coins, which have no limit: give one"
            + " with --budget coins=RATE",
      })
  void a_field_that_makes_no_sense_says_why(String field, String why) {
    assertThat(why("{\"url\": \"http://h/\", " + field + "}")).startsWith("line 7: " + why);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.5", "\"5\"", "[1]", "99999999999999999999"})
  void a_cost_is_a_whole_number_or_an_object(String cost) {
    assertThat(why("{\"url\": \"http://h/\", \"cost\": " + cost + "}"))
        .isEqualTo(
            "line 7: its cost must be a number of permits, or an object such as {\"tokens\": 1200},"
                + " not "
                + cost);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"url\": \"http://h/\", \"headers\": {\"X\": \"s3cr3t\\r\\nY: b\"}}",
        "{\"url\": \"http://h/\", \"headers\": {\"X\": \"s3cr3t\\u0000\"}}",
        "{\"url\": \"http://h/\", \"headers\": {\"X\": [\"s3cr3t\"]}}",
        "{\"url\": \"http://h/\", \"headers\": {\"X\": {\"s3cr3t\": 1}}}",
        "{\"url\": \"http://h/\", \"headers\": [\"X: s3cr3t\"]}",
        "{\"url\": \"http://h/\", \"headers\": \"X: s3cr3t\"}",
        "{\"url\": \"http://h/\", \"headers\": {\"Host\": \"s3cr3t\"}}",
        "{\"url\": \"http://h/\", \"headers\": {\"X\": s3cr3t}}",
        "{\"url\": \"http://h/\", \"headers\": {\"X\": \"s3cr3t}}",
        "{\"url\": \"http://h/\", \"headers\": {\"X\": \"s3cr3t\"} s3cr3t}",
        "{\"url\": \"http://h/\", \"headers\": {\"X\": \"s3cr3t\", \"X\": \"s3cr3t\"}}",
        "{\"url\": \"http://h/\", \"headers\": {\"X\": \"s3cr3t\"}, \"cost\": -1}",
        "{\"url\": \"http://me:s3cr3t@h/\"}",
        "http://s3cr3t@h/",
        "http://me:s3cr3t@bad host/",
        "http://me:s3/cr3t@h/",
        "me:s3cr3t@h",
      })
  void a_secret_is_not_quoted(String line) {
    assertThat(why(line)).startsWith("line 7: ").doesNotContain("s3cr3t").doesNotContain("cr3t");
  }

  @Test
  void what_is_quoted_is_short_and_has_no_control_characters() {
    assertThat(why("ftp://h/\u001b[2J" + "x".repeat(10_000)))
        .hasSizeLessThan(200)
        .doesNotContain("\u001b");
  }

  @Test
  void all_that_a_line_can_say_is_in_the_request() {
    Request entry =
        request(
            " {\"id\": \"a\", \"url\": \"http://h/?q=ü\", \"method\": \"put\", \"headers\": {\"X\":"
                + " 1}, \"body\": {\"price\": 1.50}, \"cost\": {\"permits\": 2, \"tokens\": 3}} ");
    HttpRequest sent = entry.http().orElseThrow();

    assertThat(entry.id()).isEqualTo("a");
    assertThat(entry.cost()).isEqualTo(new Cost(2, Map.of("tokens", 3L)));
    assertThat(sent.method()).isEqualTo("PUT");
    assertThat(sent.headers().firstValue("X")).contains("1");
    assertThat(sent.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(sent.bodyPublisher().orElseThrow().contentLength())
        .isEqualTo("{\"price\":1.50}".length());
  }

  @Test
  void what_a_line_leaves_out_is_as_usual() {
    Request url = request("http://h/");
    Request body = request("{\"url\": \"http://h/\", \"body\": \"text\"}");

    assertThat(url.id()).isEqualTo(7L);
    assertThat(url.cost()).isEqualTo(Cost.one());
    assertThat(url.http().orElseThrow().method()).isEqualTo("GET");
    assertThat(body.http().orElseThrow().method()).isEqualTo("POST");
    assertThat(body.http().orElseThrow().headers().firstValue("Content-Type")).isEmpty();
  }

  @Test
  void other_fields_are_carried_as_they_are() {
    Request request =
        request(
            "{\"custom_id\": \"a\", \"url\": \"http://h/\", \"metadata\": {\"n\": [1.50, null]},"
                + " \"code\": null}");

    assertThat(request.carried().toString())
        .isEqualTo("{custom_id=\"a\", metadata={\"n\":[1.50,null]}, code=null}");
    assertThat(
            reader
                .read(Line.of(7, "{\"custom_id\": \"a\", \"url\": 5}"))
                .carried()
                .get("custom_id")
                .asString())
        .isEqualTo("a");
  }

  @Test
  void a_row_that_is_put_into_a_queue_keeps_the_columns_that_nothing_uses() {
    Map<String, String> columns = new LinkedHashMap<>();
    List.of("id", "name", "town", "cost", "Body").forEach(name -> columns.put(name, "a " + name));
    RequestDefaults defaults =
        RequestDefaults.of(
            Optional.of(RequestTemplate.ofUrl("http://h/{name}", new Secrets(Map.of()))));
    Line completed = defaults.complete(new Line(7, "", columns, Optional.empty()));

    assertThat(completed.text())
        .isEqualTo("{\"url\":\"http://h/a%20name\",\"id\":\"a id\",\"town\":\"a town\"}");
    assertThat(reader.read(completed).carried()).containsOnlyKeys("town");
  }

  private Request request(String line) {
    return reader.read(Line.of(7, line));
  }

  private String why(String line) {
    return reader.read(Line.of(7, line)).fault().orElseThrow();
  }
}
