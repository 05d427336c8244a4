package dev.headway.cli;

import dev.headway.cli.report.ReportFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Opens the files that a command is told to use, or says why they cannot be. */
public final class FileArguments {

  private final CommandLine command;

  /** For a command's arguments. */
  public FileArguments(CommandLine command) {
    this.command = command;
  }

  /** A file to be read. */
  public InputStream open(Path file) {
    try {
      if (Files.isDirectory(file)) {
        throw new FileSystemException(file.toString(), null, "it is a directory");
      }
      return Files.newInputStream(file);
    } catch (IOException e) {
      throw new ParameterException(command, "cannot read \"" + file + "\": " + Faults.reason(e), e);
    }
  }

  /** Opens something. */
  public interface Opening<T> {
    /**
     * What it is.
     *
     * @throws IOException if it cannot be opened
     */
    T open() throws IOException;
  }

  /** A file to be written; not the one that is read. */
  public <T> T create(Path file, Path read, Opening<T> opening) {
    try {
      if (Files.exists(file) && Files.exists(read) && Files.isSameFile(file, read)) {
        throw new FileSystemException(file.toString(), null, "the input is in it");
      }
      return opening.open();
    } catch (NoSuchFileException e) {
      throw cannotWrite(file, "its folder does not exist");
    } catch (IOException e) {
      throw cannotWrite(file, Faults.reason(e));
    }
  }

  /** A file for a report, which must be none of some others; null stands for none of them. */
  public ReportFile report(Path file, @Nullable Path... others) {
    try {
      ReportFile report = new ReportFile(file);
      for (Path other : others) {
        if (other != null && report.is(other)) {
          throw new ParameterException(
              command, "--report would replace \"" + other + "\": give it another name");
        }
      }
      return report;
    } catch (IOException e) {
      throw cannotWrite(file, Faults.reason(e));
    }
  }

  /** A folder to be written to, which is made if it is not there. */
  public Path folder(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (FileAlreadyExistsException e) {
      throw cannotWrite(folder, "it is not a folder");
    } catch (IOException e) {
      throw cannotWrite(folder, Faults.reason(e));
    }
  }

  private ParameterException cannotWrite(Path file, String why) {
    return new ParameterException(command, "cannot write \"" + file + "\": " + why);
  }
}
