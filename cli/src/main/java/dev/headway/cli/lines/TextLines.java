package dev.headway.cli.lines;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The lines of a text. One that is too long or is not UTF-8 is told as such, and the next one is
 * read.
 */
public final class TextLines implements ReadAhead.Source {

  /** How many bytes a line may have. */
  static final int LONGEST = 16 << 20;

  private final InputStream input;
  private final Separator separator;
  private final int longest;

  /** Those of an input. */
  public TextLines(InputStream input, Separator separator) {
    this(input, separator, LONGEST);
  }

  TextLines(InputStream input, Separator separator, int longest) {
    this.input = input;
    this.separator = separator;
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
        if (chunk[i] == separator.end) {
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
      return new Line(number, "", Optional.of("it is longer than " + (longest >> 20) + " MiB"));
    }
    boolean text = separator == Separator.NEWLINE;
    int end = text && length > 0 && bytes[length - 1] == '\r' ? length - 1 : length;
    int begin = text && number == 1 && startsWithMark(bytes, end) ? 3 : 0;
    try {
      String decoded =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes, begin, end - begin))
              .toString();
      return new Line(number, decoded, Optional.empty());
    } catch (CharacterCodingException e) {
      return new Line(number, "", Optional.of("it is not UTF-8 text"));
    }
  }

  private static boolean startsWithMark(byte[] bytes, int end) {
    return end >= 3
        && bytes[0] == (byte) 0xEF
        && bytes[1] == (byte) 0xBB
        && bytes[2] == (byte) 0xBF;
  }
}
