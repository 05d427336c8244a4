package dev.headway.cli.request;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RequestFieldsTest {

  @ParameterizedTest
  @CsvSource({
    "URL, url", "Id, id", "HEADERS, headers", "Body, body", "headres, headers", "header, headers",
    "hedrs, headers", "mehtod, method", "metod, method", "bdoy, body", "boddy, body", "costs, cost",
    "uri, url", "ulr, url", "di, id"
  })
  void a_known_name_but_for_case_or_two_letters_is_meant(String typed, String meant) {
    assertThat(RequestFields.meant(typed)).contains(meant);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "custom_id",
        "metadata",
        "uid",
        "pid",
        "code",
        "count",
        "city",
        "post",
        "host",
        "kind",
        "node",
        "name",
        "prompt",
        "model",
        "price",
        "head",
        "url",
        "id"
      })
  void other_names_are_carried_or_known(String name) {
    assertThat(RequestFields.meant(name)).isEmpty();
  }
}
