package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SuggestionTest {

  @ParameterizedTest
  @CsvSource({"fetch, fetch, 0", "ftech, fetch, 1", "fech, fetch, 1", "rate, date, 1", "'', ab, 2"})
  void counts_what_was_left_out_added_mistaken_or_swapped(String typed, String word, int slips) {
    assertThat(Suggestion.slips(typed, word)).isEqualTo(slips);
    assertThat(Suggestion.slips(word, typed)).isEqualTo(slips);
  }

  @Test
  void suggests_the_nearest_and_nothing_that_is_far() {
    List<String> words = List.of("--retries", "--rate", "-h");

    assertThat(Suggestion.nearest("--rates", words)).contains("--rate");
    assertThat(Suggestion.nearest("--parallel", words)).isEmpty();
    assertThat(Suggestion.nearest("-x", words)).contains("-h");
  }
}
