package dev.headway.cli.exec;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One of our standard streams, which many commands share. Each piece that is written stays whole.
 */
final class Outlet {

  private static final int LONGEST_PIECE = 1 << 16;

  private final OutputStream stream;
  private final ReentrantLock lock = new ReentrantLock();

  /** Why nothing can be written any more. */
  private @Nullable IOException closed;

  Outlet(OutputStream stream) {
    this.stream = stream;
  }

  /**
   * Writes all that a file holds, if it is there: a command that could not be started has none.
   *
   * @param tag begins each line; empty for none
   * @throws IOException if it cannot be read or written
   */
  void write(Path file, byte[] tag) throws IOException {
    if (file.toFile().length() > 0) {
      lock.lock();
      try {
        requireOpen();
        if (tag.length == 0) {
          Files.copy(file, stream);
        } else {
          OutputStream tagged = new BufferedOutputStream(stream);
          try (InputStream text = Files.newInputStream(file)) {
            Tags.copy(text, tagged, tag);
          }
          tagged.flush();
        }
        stream.flush();
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Passes on what a command writes, line by line as it comes; a very long line in pieces. What
   * cannot be written is read all the same, so that the command does not hang, and {@link
   * #requireOpen} tells.
   */
  void relay(InputStream output, byte[] tag) throws IOException {
    byte[] piece = new byte[LONGEST_PIECE];
    int length = 0;
    for (int count = output.read(piece, 0, piece.length);
        count >= 0;
        count = output.read(piece, length, piece.length - length)) {
      length += count;
      int whole = length == piece.length ? length : lastLineEnd(piece, length);
      pass(piece, whole, tag);
      System.arraycopy(piece, whole, piece, 0, length - whole);
      length -= whole;
    }
    pass(piece, length, tag);
  }

  private static int lastLineEnd(byte[] bytes, int length) {
    int end = length;
    while (end > 0 && bytes[end - 1] != '\n') {
      end--;
    }
    return end;
  }

  private void pass(byte[] bytes, int length, byte[] tag) {
    lock.lock();
    try {
      if (length > 0 && closed == null) {
        Tags.write(bytes, length, stream, tag);
        stream.flush();
      }
    } catch (IOException e) {
      closed = e;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Throws why something could not be passed on.
   *
   * @throws IOException if something could not be
   */
  void requireOpen() throws IOException {
    lock.lock();
    try {
      if (closed != null) {
        throw closed;
      }
    } finally {
      lock.unlock();
    }
  }
}
