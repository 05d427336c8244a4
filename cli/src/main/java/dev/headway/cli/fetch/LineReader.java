package dev.headway.cli.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The lines of an input, read ahead by a few and never held whole. A line that is too long or is
 * not UTF-8 is told as such, and the next one is read.
 *
 * <p>The input is read by a daemon thread of its own, since a read of a terminal or a pipe cannot
 * be interrupted and whoever waits for a line here can. Closing ends that thread, as soon as it is
 * not in such a read; the input is closed by whoever opened it.
 */
final class LineReader implements Iterator<Line>, AutoCloseable {

  private static final int LONGEST_LINE = 16 << 20;
  private static final int READ_AHEAD = 64;

  private final InputStream input;
  private final int longest;
  private final BlockingQueue<Optional<Line>> lines = new ArrayBlockingQueue<>(READ_AHEAD);
  private final Thread thread;
  private volatile @Nullable IOException failure;

  /** The next line, or empty at the end; null if it has not been waited for. */
  @SuppressWarnings("NullableOptional") // not asked for, or not there
  private @Nullable Optional<Line> next;

  LineReader(InputStream input) {
    this(input, LONGEST_LINE);
  }

  LineReader(InputStream input, int longest) {
    this.input = input;
    this.longest = longest;
    this.thread = Thread.ofPlatform().daemon().name("headway-input").start(this::read);
  }

  private void read() {
    try {
      try {
        readLines();
      } catch (IOException e) {
        failure = e;
      }
      lines.put(Optional.empty());
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private void readLines() throws IOException, InterruptedException {
    byte[] chunk = new byte[1 << 16];
    byte[] line = new byte[256];
    int length = 0;
    boolean tooLong = false;
    long number = 1;
    for (int count = input.read(chunk); count >= 0; count = input.read(chunk)) {
      int begin = 0;
      for (int i = 0; i < count; i++) {
        if (chunk[i] == '\n') {
          line = append(line, length, chunk, begin, i);
          length = Math.min(length + i - begin, longest + 1);
          lines.put(Optional.of(line(number++, line, length, tooLong || length > longest)));
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
      lines.put(Optional.of(line(number, line, length, tooLong)));
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
    int end = length > 0 && bytes[length - 1] == '\r' ? length - 1 : length;
    int begin = number == 1 && startsWithMark(bytes, end) ? 3 : 0;
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes, begin, end - begin))
              .toString();
      return new Line(number, text, Optional.empty());
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

  /** Waits for the next line; false too if interrupted, which stays pending. */
  @Override
  public boolean hasNext() {
    if (next == null) {
      try {
        next = lines.take();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    IOException failed = failure;
    if (next.isEmpty() && failed != null) {
      throw new UncheckedIOException(failed);
    }
    return next.isPresent();
  }

  @Override
  public Line next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException();
    }
    Line line = next.orElseThrow();
    next = null;
    return line;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
