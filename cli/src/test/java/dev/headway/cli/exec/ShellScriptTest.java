package dev.headway.cli.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.headway.cli.request.Line;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What shells make of scripts and lines. */
final class ShellScriptTest {

  /** What shells treat in a way of its own. */
  private static final List<String> LINES =
      List.of(
          "*",
          "a b",
          "  a\t b ",
          "$(touch x)",
          "`touch x`",
          "'",
          "\"",
          "\\",
          "\\\\'\\\"",
          "'; touch x; '",
          "\"; touch x; \"",
          "$(touch x)'`touch x`\"$(touch x)",
          "a[$(touch x)]",
          "}",
          "{}",
          "${1}",
          "$$ $1 $HOME ~ #",
          "# not a comment",
          "-n",
          "!",
          "ünï→😀",
          "a;b&c|d<e>f(g)",
          "");

  @TempDir private Path folder;

  @BeforeEach
  void fillFolder() throws Exception {
    // So that a pattern stands for something.
    Files.createFile(folder.resolve("a"));
    Files.createFile(folder.resolve("b"));
  }

  private static ExecItem job(String line) {
    return new ExecItem(1, Line.of(1, line));
  }

  private String run(String shell, String script, String line) throws Exception {
    List<String> command =
        new ArrayList<>(new Template(List.of(script), true, false).command(job(line)));
    command.set(0, shell);
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return out;
  }

  private void assertSays(String shell, String script, String line, String said) throws Exception {
    assertThat(run(shell, script, line)).as(script + " with " + line).isEqualTo(said);
    assertThat(folder.resolve("x")).as(script + " with " + line).doesNotExist();
  }

  private static void assumeThere(String shell) {
    assumeThat(Programs.exists(shell)).as(shell).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sh", "bash", "dash", "zsh"})
  void a_line_is_one_word_wherever_its_place_stands(String shell) throws Exception {
    assumeThere(shell);
    for (String line : LINES) {
      String script =
          "printf '<%s>' {} \"{}\" '{}' a{}b \"a {} b\" 'a {} b' \\\\{} \"\\{}\" '\\{}' \"'{}'\""
              + " '\"{}\"' \"$(printf '<%s>' {} \"{}\" '{}';:)\" \"${x:-$(printf %s '{}';:)}\" {}{}"
              + " '$'{} {}#{} # {} ' \" ` $(";
      String said =
          "<@><@><@><a@b><a @ b><a @ b><\\@><\\@><\\@><'@'><\"@\"><<@><@><@>><@><@@><$@><@#@>";
      assertSays(shell, script, line, said.replace("@", line));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      quoteCharacter = '~',
      textBlock =
          """
          for w in {}; do printf '<%s>' "$w"; done              ! <@>
          case {} in '{}') printf '<%s>' same;; esac            ! <same>
          x={}; printf '<%s>' "$x"                              ! <@>
          f() { printf '<%s>' {}; }; f other                    ! <@>
          set -- other; shift; printf '<%s>' {} "{}" '{}'       ! <@><@><@>
          printf '<%s>' {} $((1 + $(printf %s {} | wc -l)))     ! <@><1>
          ( printf '<%s>' {} ); { printf '<%s>' {}; }           ! <@><@>
          printf '<%s>' "$1"                                    ! <@>
          printf '<%s>' "${1}" "$@" "$*"                        ! <@><@><@>
          printf '<%s>' "$#" {.} "${#}"                         ! <2><@><2>
          printf '<%s>' `printf '"%s"' "x"`{}                   ! <"x"@>
          printf '<%s>' \\{\\} \\{} '{' {}                      ! <{}><{}><{><@>
          printf '<%s>' "\\${x}" \\'{}\\' \\"{}\\"              ! <${x}><'@'><"@">
          printf '<%s>'                                         ! <@>
          printf '<%s>' "${x:-"a b"}" "${x:-c}" {}              ! <a b><c><@>
          printf '<%s>' "$(echo cases)" "$( (echo a) )" {}      ! <cases><a><@>
          """)
  void scripts_are_read_as_shells_read_them(String script, String said) throws Exception {
    for (String shell : List.of("sh", "bash")) {
      assumeThere(shell);
      for (String line : LINES) {
        assertSays(
            shell,
            script.strip().replace("\\\\", "\\"),
            line.replace(".", ""),
            said.strip().replace("@", line));
      }
    }
  }

  @Test
  void a_place_after_a_here_document_is_filled_and_one_in_a_comment_is_not() throws Exception {
    String script =
        """
        cat <<A <<-'B' | tr -d '\\n'; printf '<%s>' '{}' # it's {} "
        it's not here "
        A
        \tit's \\" here
        \tB
        # isn't `
        printf '<%s>' "{}"
        """;
    for (String line : LINES) {
      assertSays("sh", script, line, "it's \\\" here<" + line + "><" + line + ">");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo $'{}'",
        "echo `ls {}`",
        "echo \"`ls {}`\"",
        "cat <<E\n{}\nE",
        "cat <<'E'\n{}\nE",
        "cat <<-E\n\t{}\n\tE",
        "cat << {}\n",
        "echo $(( {} + 1 ))",
        "echo \"$(({}))\"",
        "echo ${x:-{}}",
        "echo \"${x%{}}\"",
        "echo \"${x%\"{}\"}\"",
        "echo ${x:-'{}'}",
        "echo ${}",
        "echo \"${}\"",
        "echo ${/}",
        "(( {} ))",
        "echo $[ {} ]",
        "echo \"$(case a in a) echo {};; esac)\"",
        "echo \"$(case a in a) echo b;; esac) {}\"",
        "echo $'\\'' {}",
        "echo \"${x%'\"'}\" {}",
        "cat <<'E F'\nE F\necho {}",
        "cat <<E\n{}",
        "cat <<E $(echo\necho)\nE\necho {}",
      })
  void where_a_line_may_not_be_one_word_it_is_refused_with_what_to_do(String script) {
    assertThatIllegalArgumentException()
        .as(script)
        .isThrownBy(() -> new Template(List.of(script), true, false))
        .withMessageContaining("{} cannot stand ")
        .withMessageContaining("write \"$1\"");
  }

  @Test
  void a_line_that_would_end_in_a_comment_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Template(List.of("echo # each"), true, false))
        .withMessageContaining("in a comment");
  }

  /** Scripts of which it is known what they say, nested at random. */
  @ParameterizedTest
  @ValueSource(strings = {"sh", "bash"})
  void however_quotes_are_nested_a_line_is_one_word(String shell) throws Exception {
    assumeThere(shell);
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      List<Word> words = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        words.add(word(random, 3));
      }
      String script = words.stream().map(Word::script).collect(Collectors.joining(" "));
      String said = words.stream().map(Word::said).collect(Collectors.joining("><"));
      String line = LINES.get(random.nextInt(LINES.size()));
      assertSays(
          shell,
          "printf '<%s>' {} " + script,
          line,
          "<" + line + "><" + said.replace("@", line) + ">");
    }
  }

  /** A word of a script, and what comes of it, with @ for the line. */
  private record Word(String script, String said) {

    Word and(Word other) {
      return new Word(script + other.script, said + other.said);
    }
  }

  private static Word word(Random random, int depth) {
    Word word = piece(random, depth);
    while (random.nextInt(3) > 0) {
      word = word.and(piece(random, depth));
    }
    return word;
  }

  private static Word piece(Random random, int depth) {
    return switch (random.nextInt(depth == 0 ? 6 : 9)) {
      case 0 -> new Word("{}", "@");
      case 1 -> new Word("'a {}$\"\\`(#'", "a @$\"\\`(#");
      case 2 -> new Word("\"'{}' \\\"\\$\\\\{}\\{}#)\"", "'@' \"$\\@\\@#)");
      case 3 -> new Word("b#\\'\\\"\\$\\\\\\)", "b#'\"$\\)");
      case 4 -> new Word("''\"\"", "");
      case 5 -> new Word("$(( (1 + 2) * ${y:-2} ))", "6");
      case 6 -> {
        Word inner = word(random, depth - 1);
        yield new Word("\"$(printf %s " + inner.script + ";:)\"", inner.said);
      }
      case 7 -> {
        Word inner = word(random, depth - 1);
        String script = "\"-$( (echo \\) >/dev/null # it's\nprintf '%s' " + inner.script + ") )-\"";
        yield new Word(script, "-" + inner.said + "-");
      }
      default -> {
        Word inner = word(random, depth - 1);
        yield new Word("\"${z:-$(printf %s " + inner.script + ";:)}\"", inner.said);
      }
    };
  }
}
