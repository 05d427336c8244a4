package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DefaultSignalsTest {

  @Test
  void what_is_started_where_signals_are_ignored_does_not_ignore_them() throws Exception {
    List<String> ends = DefaultSignals.of(List.of("sh", "-c", "kill -INT $$; exit 0"));
    // As a script does it for what it starts in the background.
    List<String> command = new ArrayList<>(List.of("sh", "-c", "trap '' INT QUIT; \"$@\"", "sh"));
    command.addAll(ends);

    assertThat(new ProcessBuilder(command).start().waitFor()).isEqualTo(130);
  }
}
