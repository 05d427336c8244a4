package dev.headway.cli.request;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * The lines of a text. One that is too long or is not UTF-8 is told as such, and the next one is
 * read.
 */
public final class TextLines implements ReadAhead.Source {

  /** How many bytes a line may have. */
  static final int LONGEST = 16 << 20;

  private final InputStream input;
  private final char end;
  private final OptionalInt delimiter;
  private final int longest;

  /**
   * The lines of an input.
   *
   * @param end the character that ends a line: a line feed or 0
   * @param delimiter what separates columns, if lines have them
   */
  public TextLines(InputStream input, char end, OptionalInt delimiter) {
    this(input, end, delimiter, LONGEST);
  }

  TextLines(InputStream input, char end, OptionalInt delimiter, int longest) {
    this.input = input;
    this.end = end;
    this.delimiter = delimiter;
    this.longest = longest;
  }

  @Override
  public void readTo(ReadAhead.Sink sink) throws IOException, InterruptedException {
    byte[] chunk = new byte[1 << 16];
    byte[] line = new byte[256];
    int length = 0;
    boolean tooLong = false;
    long number = 1;
    for (int count = input.read(chunk); count >= 0; count = input.read(chunk)) {
      int begin = 0;
      for (int i = 0; i < count; i++) {
        if (chunk[i] == (byte) end) {
          line = append(line, length, chunk, begin, i);
          length = Math.min(length + i - begin, longest + 1);
          sink.put(line(number++, line, length, tooLong || length > longest));
          begin = i + 1;
          length = 0;
          tooLong = false;
        }
      }
      line = append(line, length, chunk, begin, count);
      length = Math.min(length + count - begin, longest + 1);
      tooLong = length > longest;
    }
    if (length > 0) {
      sink.put(line(number, line, length, tooLong));
    }
  }

  /** Appends as much as a line may have. */
  private byte[] append(byte[] line, int length, byte[] chunk, int from, int to) {
    int count = Math.min(to - from, Math.max(0, longest - length));
    byte[] grown =
        length + count > line.length
            ? Arrays.copyOf(line, Math.max(length + count, 2 * line.length))
            : line;
    System.arraycopy(chunk, from, grown, length, count);
    return grown;
  }

  private Line line(long number, byte[] bytes, int length, boolean tooLong) {
    if (tooLong) {
      return Line.faulty(number, "it is longer than " + (longest >> 20) + " MiB");
    }
    boolean text = end == '\n';
    int last = text && length > 0 && bytes[length - 1] == '\r' ? length - 1 : length;
    int begin = text && number == 1 && startsWithMark(bytes, last) ? 3 : 0;
    try {
      String decoded =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes, begin, last - begin))
              .toString();
      return new Line(number, decoded, columns(decoded), Optional.empty());
    } catch (CharacterCodingException e) {
      return Line.faulty(number, "it is not UTF-8 text");
    }
  }

  /** The parts between delimiters, by their numbers. */
  private Map<String, String> columns(String text) {
    Map<String, String> columns = new LinkedHashMap<>();
    if (delimiter.isPresent()) {
      String separator = Pattern.quote(Character.toString(delimiter.getAsInt()));
      for (String value : text.split(separator, -1)) {
        columns.put(Integer.toString(columns.size() + 1), value);
      }
    }
    return columns;
  }

  private static boolean startsWithMark(byte[] bytes, int end) {
    return end >= 3
        && bytes[0] == (byte) 0xEF
        && bytes[1] == (byte) 0xBB
        && bytes[2] == (byte) 0xBF;
  }
}
