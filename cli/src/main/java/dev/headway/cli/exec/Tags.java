package dev.headway.cli.exec;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Begins each line of a text with a tag. */
final class Tags {

  private Tags() {}

  /** Copies a text, which begins with a line. */
  static void copy(InputStream text, OutputStream to, byte[] tag) throws IOException {
    boolean atBegin = true;
    byte[] chunk = new byte[1 << 13];
    for (int length = text.read(chunk); length >= 0; length = text.read(chunk)) {
      for (int i = 0; i < length; i++) {
        if (atBegin) {
          to.write(tag);
        }
        to.write(chunk[i]);
        atBegin = chunk[i] == '\n';
      }
    }
  }

  /** Writes whole lines in one piece. */
  static void write(byte[] lines, int length, OutputStream to, byte[] tag) throws IOException {
    if (tag.length == 0) {
      to.write(lines, 0, length);
      return;
    }
    ByteArrayOutputStream tagged = new ByteArrayOutputStream(length + tag.length);
    copy(new ByteArrayInputStream(lines, 0, length), tagged, tag);
    tagged.writeTo(to);
  }
}
