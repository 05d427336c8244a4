package dev.headway.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SuggestionTest {

  @ParameterizedTest
  @CsvSource({"fetch, fetch", "ftech, fetch", "fech, fetch", "feetch, fetch", "dmeo, demo"})
  void sees_through_what_was_left_out_added_mistaken_or_swapped(String typed, String word) {
    assertThat(Suggestion.nearest(typed, List.of("server", "fetch", "demo"))).contains(word);
  }

  @Test
  void suggests_the_nearest_and_nothing_that_is_far() {
    List<String> words = List.of("--retries", "--rate", "-h");

    assertThat(Suggestion.nearest("--rates", words)).contains("--rate");
    assertThat(Suggestion.nearest("--parallel", words)).isEmpty();
    assertThat(Suggestion.nearest("-x", words)).contains("-h");
  }
}
