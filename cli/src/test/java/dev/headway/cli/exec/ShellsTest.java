package dev.headway.cli.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ShellsTest {

  @Test
  void an_environment_of_plain_names_is_passed_on() {
    assertThat(Shells.passesOn(Set.of("PATH", "_", "LC_ALL", "x1"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.b", "BASH_FUNC_f%%", "1x", "é", "IFS", "OPTIND", "PPID"})
  void one_that_a_shell_would_change_is_not_left_to_it(String variable) {
    assertThat(Shells.passesOn(Set.of("PATH", variable))).isFalse();
  }
}
