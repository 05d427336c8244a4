package dev.headway.cli.exec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Output that is kept in files until its command has ended, so that it stays together. */
final class BufferedOutput implements CommandOutput {

  private final Outlets outlets;
  private final byte[] tag;
  private final Path out;
  private final Path err;

  /**
   * In two files.
   *
   * @param name the beginning of the files' names
   * @param tag begins each line; empty for none
   */
  BufferedOutput(Outlets outlets, Path folder, String name, byte[] tag) {
    this.outlets = outlets;
    this.tag = tag;
    this.out = folder.resolve(name + ".out");
    this.err = folder.resolve(name + ".err");
  }

  @Override
  public void prepare(ProcessBuilder builder) {
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
  }

  @Override
  public void write() throws IOException {
    outlets.err().write(err, tag);
    outlets.out().write(out, tag);
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(out);
    Files.deleteIfExists(err);
  }
}
