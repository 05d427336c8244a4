package dev.headway.cli.watch;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A file that a page is written to: whole, or not at all. */
public final class ReportFile {

  private final Path file;

  /**
   * The file by that name.
   *
   * @throws FileSystemException if none can be written there, as far as can be told
   */
  public ReportFile(Path file) throws FileSystemException {
    if (Files.isDirectory(file)) {
      throw new FileSystemException(file.toString(), null, "it is a directory");
    }
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new FileSystemException(file.toString(), null, "its folder does not exist");
    }
    if (!Files.isWritable(Files.exists(file) ? file : folder)) {
      throw new FileSystemException(file.toString(), null, "permission is denied");
    }
    this.file = file;
  }

  /** Whether it is another by another name. */
  public boolean is(Path other) throws IOException {
    boolean both = Files.exists(file) && Files.exists(other);
    return both
        ? Files.isSameFile(file, other)
        : file.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
  }

  /**
   * Writes it, beside the place where it belongs, and moves it there.
   *
   * @throws IOException if it cannot be written; what was there before is there still
   */
  public void write(String page) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      Files.writeString(file, page);
      return;
    }
    Path target = Files.exists(file, LinkOption.NOFOLLOW_LINKS) ? resolved() : file;
    String part = "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".part";
    Path written = target.resolveSibling(part);
    try {
      Files.writeString(written, page);
      move(written, target);
    } finally {
      Files.deleteIfExists(written);
    }
  }

  /** Where a link leads to, be it there yet or not. */
  private Path resolved() throws IOException {
    return Files.isSymbolicLink(file)
        ? file.toAbsolutePath().resolveSibling(Files.readSymbolicLink(file))
        : file;
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Its name. */
  @Override
  public String toString() {
    return file.toString();
  }
}
