package dev.headway.cli.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SecretsTest {

  private static final Map<String, String> ENVIRONMENT =
      Map.ofEntries(
          Map.entry("BASE", "https://api.example/v1"),
          Map.entry("WITH_PLACE", "https://api.example/{}/of"),
          Map.entry("WITH_USER", "https://me:s3cr3t@api.example"),
          Map.entry("KEY", "s3cr3t-k3y"),
          Map.entry("SHORT", "x"),
          Map.entry("EMPTY", ""),
          Map.entry("HASH", "a#b c"),
          Map.entry("ODD", "a$1b%7Bc"),
          Map.entry("BRACES", "a{}b"),
          Map.entry("NOTHING", "host.example"),
          Map.entry("SCHEME", "https"),
          Map.entry("TENANT", "Acme"),
          Map.entry("PORT", "8443"));

  private static Request read(String template, String line) {
    Secrets secrets = new Secrets(ENVIRONMENT);
    RequestDefaults shape =
        RequestDefaults.of(Optional.of(RequestTemplate.ofUrl(template, secrets)));
    return new RequestReader(Duration.ofSeconds(1), false, Set.of(), shape).read(Line.of(1, line));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "${BASE}/{}             | https://api.example/v1/item      | https://api.example/v1/item",
        "${BASE}                | https://api.example/v1           | https://api.example/v1",
        "' ${BASE}/{}'          | https://api.example/v1/item      | https://api.example/v1/item",
        "${WITH_PLACE}/x        | https://api.example/item/of/x    | https://api.example/item/of/x",
        "http://h/{}?k=${KEY}   | http://h/item?k=s3cr3t-k3y       | http://h/item?k=${KEY}",
        "http://h/${KEY}/{}     | http://h/s3cr3t-k3y/item         | http://h/${KEY}/item",
        "http://h/a${KEY}b/{}   | http://h/as3cr3t-k3yb/item       | http://h/a${KEY}b/item",
        "http://h/{}#${KEY}     | http://h/item                    | http://h/item#${KEY}",
        "http://h/{}?k=${HASH}  | http://h/item?k=a%23b%20c        | http://h/item?k=${HASH}",
        "http://${TENANT}.h/{}  | http://Acme.h/item               | http://${TENANT}.h/item",
        "http://h:${PORT}/{}    | http://h:8443/item               | http://h:${PORT}/item",
        "${SCHEME}://h/{}       | https://h/item                   | ${SCHEME}://h/item",
        "${BASE}/?n=${BASE}     | https://api.example/v1/?n=https://api.example/v1"
            + " | https://api.example/v1/?n=${BASE}",
        "${BASE}/${KEY}/{}      | https://api.example/v1/s3cr3t-k3y/item"
            + " | https://api.example/v1/${KEY}/item",
        "http://h/?${KEY}&${SHORT}${KEY} | http://h/?s3cr3t-k3y&xs3cr3t-k3y"
            + " | http://h/?${KEY}&${SHORT}${KEY}",
        "http://h/{}?k=${SHORT} | http://h/item?k=x                | http://h/item?k=${SHORT}",
        "http://h/{}?k=${EMPTY} | http://h/item?k=                 | http://h/item?k=${EMPTY}",
        "http://h/{}?k=${ODD}   | http://h/item?k=a$1b%7Bc         | http://h/item?k=${ODD}",
      })
  void a_url_is_sent_with_its_variables_and_shown_with_their_names_but_for_a_base_address(
      String template, String sent, String shown) {
    Request request = read(template, "item");

    assertThat(request.http().orElseThrow().uri()).hasToString(sent);
    assertThat(request.url()).contains(shown);
  }

  @Test
  void neither_a_line_nor_a_value_is_ever_a_variable_or_a_place() {
    Request line = read("http://h/{}?k=${KEY}", "${KEY}{}");

    assertThat(line.http().orElseThrow().uri())
        .hasToString("http://h/%24%7BKEY%7D%7B%7D?k=s3cr3t-k3y");
    assertThat(line.url()).contains("http://h/%24%7BKEY%7D%7B%7D?k=${KEY}");
    Request braces = read("http://h/${BRACES}", "item");
    assertThat(braces.http().orElseThrow().uri()).hasToString("http://h/a%7B%7Db");
    assertThat(braces.url()).isEqualTo("http://h/${BRACES}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "${WITH_USER}/{}",
        "https://me:${KEY}@api.example/{}",
        "https://${KEY}@api.example/{}",
        "ftp://${KEY}/{}",
        "http://h:${KEY}/{}",
        "${KEY}/{}",
        "${NOTHING}/{}",
      })
  void what_is_wrong_with_a_url_is_said_without_its_secrets(String template) {
    assertThat(read(template, "item").fault().orElseThrow())
        .startsWith("line 1: ")
        .doesNotContain("s3cr3t")
        .doesNotContain("host.example")
        .doesNotContain("me:");
  }

  @Test
  void a_variable_that_is_not_there_is_told_at_once() {
    for (String template : List.of("${NO}/{}", "http://h/{}?k=${NO}", "http://h/?${KEY}${NO}")) {
      assertThatThrownBy(() -> new Secrets(ENVIRONMENT).address(template))
          .hasMessageContaining("there is no variable NO in the environment");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "to s3cr3t/k3y=1+ä b | to ${KEY}",
        "xs3cr3t/k3y=1+ä by  | x${KEY}y",
        "s3cr3t%2Fk3y%3D1%2B%C3%A4%20b | ${KEY}",
        "s3cr3t%2fk3y%3d1%2b%c3%a4+b   | ${KEY}",
        "s3cr3t/k3y%3D1+%C3%A4%20b     | ${KEY}",
        "s%33cr3t/k3y=1+ä b  | ${KEY}",
        "S3CR3T/k3y=1+ä b    | S3CR3T/k3y=1+ä b",
        "http://acme.example/ refused  | http://${TENANT}.example/ refused",
        "http://h/?k=ab&l=abc          | http://h/?k=${SHORT}&l=abc",
        "ab, about a crab    | ab, about a crab",
        "a •s3cr3t • h3ader  | a •s3cr3t • •••",
      })
  void what_others_say_is_searched_for_secrets_in_any_form(String said, String shown) {
    Secrets secrets =
        new Secrets(Map.of("KEY", "s3cr3t/k3y=1+ä b", "TENANT", "Acme", "SHORT", "ab"));
    secrets.address("http://${TENANT}.example/{}?k=${KEY}&s=${SHORT}");
    secrets.add("h3ader");
    secrets.add("no");

    assertThat(secrets.hide(said)).isEqualTo(shown);
  }

  @Test
  void of_two_secrets_of_which_one_holds_the_other_no_part_is_left() {
    Secrets secrets = new Secrets(Map.of("A", "abcd", "B", "abcdefgh", "C", "ghij"));
    secrets.expand("${A} ${B} ${C}");

    assertThat(secrets.hide("abcdefgh-abcd-abcdefghij")).isEqualTo("${B}-${A}-${B}ij");
  }

  @Test
  void the_url_that_was_asked_for_is_shown_as_always_and_not_searched() {
    Secrets secrets = new Secrets(Map.of("LANGV", "item", "KEY", "s3cr3t"));
    secrets.expand("${LANGV}");
    secrets.address("http://h/item/{}?k=${KEY}");

    assertThat(
            secrets.hide(
                "no item at http://h/item/1?k=s3cr3t. See http://h/item/1?k=s3cr3t",
                "http://h/item/1?k=s3cr3t",
                "http://h/item/1?k=${KEY}"))
        .isEqualTo("no ${LANGV} at http://h/item/1?k=${KEY}. See http://h/item/1?k=${KEY}");
  }

  @Test
  void a_base_address_is_not_hidden_even_where_it_is_a_secret_elsewhere() {
    Secrets secrets = new Secrets(ENVIRONMENT);
    secrets.address("${BASE}/{}?next=${BASE}&k=${KEY}");

    assertThat(secrets.hide("https://api.example/v1/1?k=s3cr3t-k3y"))
        .isEqualTo("https://api.example/v1/1?k=${KEY}");
  }

  @Test
  void the_name_of_a_host_hides_what_is_in_hosts_however_short() {
    Secrets secrets = new Secrets(Map.of("N", "7", "TENANT", "Acme", "LANGV", "example"));
    secrets.expand("${LANGV}");
    secrets.address("http://${TENANT}${N}.example:81/7/{}");

    assertThat(secrets.hideHost("fetch/acme7.example:81"))
        .isEqualTo("fetch/${TENANT}${N}.example:81");
  }
}
