package dev.headway.cli.resume;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/** Opens a file for one process alone. */
final class LockedFile {

  private LockedFile() {}

  /**
   * Two runs that write to one file would spoil each other's results. If another run has replaced
   * the file between the opening and the locking, the new one is opened.
   */
  static FileChannel open(Path file) throws IOException {
    while (true) {
      Optional<Object> before = identity(file);
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      try {
        lock(file, channel);
      } catch (IOException e) {
        channel.close();
        throw e;
      }
      if (identity(file).equals(before)) {
        return channel;
      }
      channel.close();
    }
  }

  /** Which file it is; empty if it does not exist or the system has no such key. */
  private static Optional<Object> identity(Path file) throws IOException {
    return Files.exists(file)
        ? Optional.ofNullable(Files.readAttributes(file, BasicFileAttributes.class).fileKey())
        : Optional.empty();
  }

  private static void lock(Path file, FileChannel channel) throws IOException {
    try {
      if (channel.tryLock() == null) {
        throw refused(file, "another headway is writing to it");
      }
    } catch (OverlappingFileLockException e) {
      throw new FileSystemException(file.toString(), null, "it is being written to already");
    }
  }

  static FileSystemException refused(Path file, String why) {
    return new FileSystemException(file.toString(), null, why);
  }
}
