package dev.headway.cli.resume;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Copies parts of a file to a stream. */
final class FileCopy {

  private static final int LARGE = 1 << 16;

  /** Most lines are no longer. */
  private static final int LINE = 1 << 12;

  private final FileChannel from;
  private final OutputStream to;
  private final byte[] chunk = new byte[LARGE];
  private long done;

  FileCopy(FileChannel from, OutputStream to) {
    this.from = from;
    this.to = to;
  }

  /** Everything up to a byte, from the end of the last part that was copied or skipped. */
  void allUpTo(long end) throws IOException {
    while (done < end) {
      int length = read(done, Math.min(LARGE, end - done));
      if (length <= 0) {
        throw new EOFException("it has become shorter");
      }
      to.write(chunk, 0, length);
      done += length;
    }
  }

  void skipTo(long end) {
    done = end;
  }

  /** The line that begins at a byte, without its end. */
  void lineAt(long start) throws IOException {
    long at = start;
    for (int length = read(at, LINE); length > 0; length = read(at, LINE)) {
      int part = 0;
      while (part < length && chunk[part] != '\n') {
        part++;
      }
      to.write(chunk, 0, part);
      at += part;
      if (part < length) {
        return;
      }
    }
  }

  void endLine() throws IOException {
    to.write('\n');
  }

  private int read(long at, long most) throws IOException {
    return from.read(ByteBuffer.wrap(chunk, 0, (int) most), at);
  }
}
