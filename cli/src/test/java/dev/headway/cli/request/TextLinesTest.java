package dev.headway.cli.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TextLinesTest {

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "a\nb\n", "a\r\nb\r\n", "\uFEFFa\nb"})
  void lines_end_and_begin_as_they_may(String text) {
    assertThat(read(bytes(text), 100)).containsExactly(good(1, "a"), good(2, "b"));
  }

  @Test
  void blank_lines_and_comments_ask_for_nothing_but_count() {
    List<Line> asking = new ArrayList<>();
    try (ReadAhead lines =
        new ReadAhead(
            new TextLines(
                new ByteArrayInputStream(bytes("\n  \na\r\n\r\n # c\nb")),
                '\n',
                OptionalInt.empty()),
            Line::asks)) {
      lines.forEachRemaining(asking::add);
    }
    assertThat(asking).containsExactly(good(3, "a"), good(6, "b"));
  }

  @Test
  void a_line_that_is_too_long_is_told_and_the_next_is_read() {
    byte[] text = bytes("x".repeat(3 << 20) + "\n" + "y".repeat(1 << 20) + "\nz");

    assertThat(read(text, 1 << 20))
        .containsExactly(
            Line.faulty(1, "it is longer than 1 MiB"), good(2, "y".repeat(1 << 20)), good(3, "z"));
  }

  @Test
  void a_line_that_is_no_text_is_told_and_the_next_is_read() {
    byte[] text = {(byte) 0xC3, (byte) 0x28, '\n', 'a'};

    assertThat(read(text, 100))
        .containsExactly(Line.faulty(1, "it is not UTF-8 text"), good(2, "a"));
  }

  @Test
  void a_line_that_ends_with_a_nul_may_hold_anything_else() {
    byte[] text = bytes("\uFEFFa\nb\r\0\0c");
    List<Line> all = new ArrayList<>();
    try (ReadAhead lines =
        new ReadAhead(
            new TextLines(new ByteArrayInputStream(text), '\0', OptionalInt.empty()),
            line -> true)) {
      lines.forEachRemaining(all::add);
    }
    assertThat(all).containsExactly(good(1, "\uFEFFa\nb\r"), good(2, ""), good(3, "c"));
  }

  @Test
  void a_character_may_lie_across_two_reads() {
    byte[] text = bytes("ü€😀\nb");
    InputStream byTheByte =
        new ByteArrayInputStream(text) {
          @Override
          public synchronized int read(byte[] bytes, int offset, int length) {
            return super.read(bytes, offset, 1);
          }
        };
    assertThat(read(byTheByte, 100)).containsExactly(good(1, "ü€😀"), good(2, "b"));
  }

  @Test
  void what_fails_to_be_read_is_thrown_after_the_lines_before_it() {
    InputStream failing =
        new ByteArrayInputStream(bytes("a\n")) {
          @Override
          public int read(byte[] bytes) throws IOException {
            int count = super.read(bytes, 0, bytes.length);
            if (count < 0) {
              throw new IOException("gone");
            }
            return count;
          }
        };
    try (ReadAhead lines =
        new ReadAhead(new TextLines(failing, '\n', OptionalInt.empty()), line -> true)) {
      assertThat(lines.next()).isEqualTo(good(1, "a"));
      assertThatThrownBy(lines::hasNext)
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("gone");
    }
  }

  private static List<Line> read(byte[] text, int longest) {
    return read(new ByteArrayInputStream(text), longest);
  }

  private static List<Line> read(InputStream input, int longest) {
    List<Line> all = new ArrayList<>();
    try (ReadAhead lines =
        new ReadAhead(new TextLines(input, '\n', OptionalInt.empty(), longest), line -> true)) {
      for (Iterator<Line> each = lines; each.hasNext(); ) {
        all.add(each.next());
      }
    }
    return all;
  }

  private static Line good(long number, String text) {
    return Line.of(number, text);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
