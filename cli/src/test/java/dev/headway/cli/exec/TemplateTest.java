package dev.headway.cli.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.headway.cli.request.Line;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TemplateTest {

  private static ExecItem job(String text) {
    return new ExecItem(7, Line.of(9, text));
  }

  private static List<String> command(String line, String... words) {
    return new Template(List.of(words), false, false).command(job(line));
  }

  @ParameterizedTest
  @CsvSource({
    "{},      a/b.c/d.tar.gz, a/b.c/d.tar.gz",
    "{.},     a/b.c/d.tar.gz, a/b.c/d.tar",
    "{/},     a/b.c/d.tar.gz, d.tar.gz",
    "{//},    a/b.c/d.tar.gz, a/b.c",
    "{/.},    a/b.c/d.tar.gz, d.tar",
    "{#},     a/b.c/d.tar.gz, 7",
    "{.},     a/b.c/d,        a/b.c/d",
    "{.},     .bashrc,        .bashrc",
    "{/.},    a/.bashrc,      .bashrc",
    "{//},    d,              .",
    "{//},    /d,             /",
    "{/},     a/,             ''",
    "x{}y{#}, a b,            xa by7",
    "{}{},    {#},            {#}{#}",
  })
  void places_are_filled_with_what_they_stand_for(String word, String line, String filled) {
    assertThat(command(line, "program", word)).containsExactly("program", filled);
  }

  @ParameterizedTest
  @CsvSource({"{x}", "{ }", "{", "${HOME}", "{{"})
  void what_is_no_place_stays_and_the_line_comes_last(String word) {
    assertThat(command("line", "program", word)).containsExactly("program", word, "line");
  }

  @Test
  void a_line_is_one_argument_whatever_is_in_it() {
    String line = "a b\t$(rm -rf /) `x` 'q' \"r\" \\ $1 -n *";
    assertThat(command(line, "printf", "%s", "{}")).containsExactly("printf", "%s", line);
  }

  @Test
  void a_shell_has_lines_as_arguments_and_never_as_code() {
    Template template = new Template(List.of("echo {} | tr a b > {.}.out; echo {}"), true, false);

    assertThat(template.command(job("$(x).txt")))
        .containsExactly(
            "sh",
            "-c",
            "echo \"${1}\" | tr a b > \"${2}\".out; echo \"${1}\"",
            "headway",
            "$(x).txt",
            "$(x)");
  }

  @Test
  void what_no_process_can_be_given_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> command("a\0b", "program"))
        .withMessageContaining("the character 0");
  }
}
