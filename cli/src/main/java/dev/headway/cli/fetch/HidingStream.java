package dev.headway.cli.fetch;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;

/**
 * Passes on all but some texts, wherever they lie in what is written, and however it is cut in
 * pieces: as much as might be the beginning of one is kept back. Bytes are taken for characters of
 * one byte each, so that anything goes through.
 */
final class HidingStream extends FilterOutputStream {

  private final List<String> hidden;
  private final String instead;
  private final int kept;
  private String rest = "";

  /**
   * Hides texts.
   *
   * @param hidden those, the longest first
   * @param instead what comes in the place of each
   */
  HidingStream(OutputStream out, Collection<String> hidden, String instead) {
    super(out);
    this.hidden = hidden.stream().map(HidingStream::bytes).toList();
    this.instead = bytes(instead);
    this.kept = this.hidden.stream().mapToInt(String::length).max().orElse(1) - 1;
  }

  private static String bytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    String text = rest + new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
    for (String secret : hidden) {
      text = text.replace(secret, instead);
    }
    int passed = Math.max(0, text.length() - kept);
    rest = text.substring(passed);
    out.write(text.substring(0, passed).getBytes(StandardCharsets.ISO_8859_1));
  }

  /** What was kept back cannot become one of the texts any more only when nothing more comes. */
  @Override
  public void close() throws IOException {
    try (OutputStream closed = out) {
      closed.write(rest.getBytes(StandardCharsets.ISO_8859_1));
      rest = "";
    }
  }
}
