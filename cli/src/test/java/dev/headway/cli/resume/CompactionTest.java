package dev.headway.cli.resume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a killed run leaves behind, the next one with --resume repairs. */
final class CompactionTest {

  private static final String OLD = well(1, "a") + failure(2, "b") + well(3, "c") + failure(4, "d");
  private static final String NEW = well(4, "d again") + well(5, "e") + failure(2, "b again");
  private static final String COMPACTED =
      well(1, "a") + failure(2, "b again") + well(3, "c") + well(4, "d again") + well(5, "e");

  @TempDir private Path folder;
  private Path results;
  private Path note;
  private Path compacted;

  @BeforeEach
  void write() throws IOException {
    results = Files.writeString(folder.resolve("results.jsonl"), OLD);
    note = folder.resolve("results.jsonl.headway.retry");
    compacted = folder.resolve("results.jsonl.headway.new");
  }

  private static String well(int id, String body) {
    return "{\"id\":" + id + ",\"input\":\"line " + id + "\",\"body\":\"" + body + "\"}\n";
  }

  private static String failure(int id, String error) {
    return "{\"id\":" + id + ",\"input\":\"line " + id + "\",\"error\":\"" + error + "\"}\n";
  }

  /** The file as if the run that retries had been killed after it had written something. */
  private void retry(String written) throws IOException {
    Files.writeString(note, OLD.length() + "\n");
    Files.writeString(results, written, StandardOpenOption.APPEND);
  }

  private void resume() throws IOException {
    try (ResultFile resumed = ResultFile.open(results, true, true, Duration.ZERO)) {
      resumed.complete();
    }
  }

  private void assertOnlyResultsAreLeft() throws IOException {
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(results);
    }
  }

  @Test
  void before_anything_is_retried_it_is_noted_where_the_new_results_begin() throws IOException {
    try (ResultFile retrying = ResultFile.open(results, true, false, Duration.ZERO)) {
      assertThat(note).hasContent(OLD.length() + "\n");
      retrying.stream().write(NEW.getBytes(StandardCharsets.UTF_8));
      retrying.complete();
    }

    assertThat(results).content().isEqualTo(COMPACTED);
    assertOnlyResultsAreLeft();
  }

  @Test
  void where_nothing_has_failed_nothing_is_noted() throws IOException {
    Files.writeString(results, well(1, "a"));
    try (ResultFile retrying = ResultFile.open(results, true, false, Duration.ZERO)) {
      assertThat(note).doesNotExist();
      retrying.stream().write(well(1, "another").getBytes(StandardCharsets.UTF_8));
      retrying.complete();
    }

    assertThat(results).content().isEqualTo(well(1, "a") + well(1, "another"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "7", "77\n", "x\n", "-1\n", "99999\n"})
  void a_note_that_says_nothing_changes_nothing(String text) throws IOException {
    Files.writeString(note, text.equals("77\n") ? OLD.length() + "\n" : text);
    resume();

    assertThat(results).content().isEqualTo(OLD);
    assertOnlyResultsAreLeft();
  }

  @Test
  void killed_while_it_retried() throws IOException {
    retry(NEW);
    resume();

    assertThat(results).content().isEqualTo(COMPACTED);
    assertOnlyResultsAreLeft();
  }

  @Test
  void killed_while_it_wrote_a_result() throws IOException {
    retry(NEW + "{\"id\":6,\"url\":\"ht");
    resume();

    assertThat(results).content().isEqualTo(COMPACTED);
    assertOnlyResultsAreLeft();
  }

  @Test
  void ended_by_an_error_while_it_wrote_a_result() throws IOException {
    try (ResultFile retrying = ResultFile.open(results, true, false, Duration.ZERO)) {
      retrying.stream().write((NEW + "{\"id\":6,").getBytes(StandardCharsets.UTF_8));
    }

    assertThat(results).content().isEqualTo(COMPACTED);
    resume();
    assertThat(results).content().isEqualTo(COMPACTED);
    assertOnlyResultsAreLeft();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 50, 1_000})
  void killed_while_it_wrote_the_compacted_file(int length) throws IOException {
    retry(NEW);
    Files.writeString(compacted, COMPACTED.substring(0, Math.min(length, COMPACTED.length())));
    resume();

    assertThat(results).content().isEqualTo(COMPACTED);
    assertOnlyResultsAreLeft();
  }

  @Test
  void killed_before_the_compacted_file_took_the_place_of_the_old_one() throws IOException {
    retry(NEW);
    Files.delete(note);
    Files.writeString(compacted, COMPACTED);
    resume();

    assertThat(results).content().isEqualTo(COMPACTED);
    assertOnlyResultsAreLeft();
  }

  @Test
  void killed_when_all_was_done() throws IOException {
    Files.writeString(results, COMPACTED);
    resume();

    assertThat(results).content().isEqualTo(COMPACTED);
    assertOnlyResultsAreLeft();
  }

  @Test
  void a_run_that_begins_anew_leaves_nothing_of_it() throws IOException {
    retry(NEW);
    Files.writeString(compacted, COMPACTED);
    try (ResultFile anew = ResultFile.open(results, false, true, Duration.ZERO)) {
      anew.complete();
    }

    assertThat(results).isEmptyFile();
    assertOnlyResultsAreLeft();
  }

  @Test
  void a_file_that_was_changed_since_is_left_as_it_is() throws IOException {
    retry(NEW);
    String changed = "{\"id\":0}\n" + OLD + NEW;
    Files.writeString(results, changed);

    assertThat(catchThrowable(this::resume))
        .hasMessageContaining("it was changed after failures in it had been retried")
        .hasMessageContaining("results.jsonl.headway.retry");
    assertThat(results).content().isEqualTo(changed);
  }

  @Test
  void of_several_results_of_one_key_each_new_one_replaces_one_failure() throws IOException {
    String old = well(1, "a") + failure(1, "b") + failure(1, "c") + failure(1, "d");
    Files.writeString(results, old);
    try (ResultFile retrying = ResultFile.open(results, true, false, Duration.ZERO)) {
      String made = failure(1, "e") + well(1, "f");
      retrying.stream().write(made.getBytes(StandardCharsets.UTF_8));
      retrying.complete();
    }

    assertThat(results)
        .content()
        .isEqualTo(well(1, "a") + failure(1, "e") + well(1, "f") + failure(1, "d"));
  }

  @Test
  void another_run_cannot_take_the_file_while_it_is_compacted() throws IOException {
    try (ResultFile retrying = ResultFile.open(results, true, false, Duration.ZERO)) {
      retrying.stream().write(NEW.getBytes(StandardCharsets.UTF_8));
      retrying.compact();

      assertThat(catchThrowable(() -> ResultFile.open(results, true, true, Duration.ZERO)))
          .hasMessageContaining("it is being written to already");
    }
    resume();
    assertThat(results).content().isEqualTo(COMPACTED);
  }
}
