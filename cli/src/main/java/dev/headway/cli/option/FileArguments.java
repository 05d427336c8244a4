package dev.headway.cli.option;

import dev.headway.cli.text.FileErrors;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Opens the files that a command is told to use, or says why it cannot. */
public final class FileArguments {

  /** Stands for standard input. */
  public static final Path STANDARD = Path.of("-");

  private FileArguments() {}

  /**
   * Opens a file to read, or standard input, which stays open.
   *
   * @throws UsageException if it cannot be opened
   */
  public static InputStream open(Path file, InputStream standardInput) {
    if (file.equals(STANDARD)) {
      return new FilterInputStream(StandardStreams.open(standardInput)) {
        @Override
        public void close() {
          // It is not ours.
        }
      };
    }
    try {
      if (Files.isDirectory(file)) {
        throw new FileSystemException(file.toString(), null, "it is a directory");
      }
      return Files.newInputStream(file);
    } catch (IOException e) {
      throw new UsageException("cannot read \"" + file + "\": " + FileErrors.reason(e), e);
    }
  }

  /** Opens something. */
  public interface Opening<T> {
    /**
     * Opens it.
     *
     * @throws IOException if it cannot be opened
     */
    T open() throws IOException;
  }

  /**
   * Opens a file to write, which must not be the one that is read.
   *
   * @throws UsageException if it cannot be opened
   */
  public static <T> T create(Path file, Path read, Opening<T> opening) {
    try {
      if (Files.exists(file) && Files.exists(read) && Files.isSameFile(file, read)) {
        throw new UsageException("--output must not be the input file \"" + file + "\"");
      }
      return opening.open();
    } catch (NoSuchFileException e) {
      throw cannotWrite(file, "its folder does not exist");
    } catch (IOException e) {
      throw cannotWrite(file, FileErrors.reason(e));
    }
  }

  /**
   * A folder to write to, which is made if it does not exist.
   *
   * @throws UsageException if it cannot be made
   */
  public static Path folder(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (FileAlreadyExistsException e) {
      throw cannotWrite(folder, "it is not a folder");
    } catch (IOException e) {
      throw cannotWrite(folder, FileErrors.reason(e));
    }
  }

  /** Says why a file cannot be written. */
  public static UsageException cannotWrite(Path file, String why) {
    return new UsageException("cannot write \"" + file + "\": " + why);
  }
}
