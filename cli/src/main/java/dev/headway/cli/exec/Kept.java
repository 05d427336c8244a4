package dev.headway.cli.exec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Output that is kept in files until its command has ended, so that it stays together. */
final class Kept implements Output {

  private final Outlets outlets;
  private final Path out;
  private final Path err;

  /** In two files whose names begin as is said. */
  Kept(Outlets outlets, Path folder, String name) {
    this.outlets = outlets;
    this.out = folder.resolve(name + ".out");
    this.err = folder.resolve(name + ".err");
  }

  @Override
  public void prepare(ProcessBuilder builder) {
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
  }

  @Override
  public void write() throws IOException {
    outlets.err().write(err);
    outlets.out().write(out);
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(out);
    Files.deleteIfExists(err);
  }
}
