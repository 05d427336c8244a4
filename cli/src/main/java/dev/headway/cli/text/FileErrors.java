package dev.headway.cli.text;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What is wrong with files, for people. */
public final class FileErrors {

  private FileErrors() {}

  /** Why a file could not be used, without its name. */
  public static String reason(Throwable fault) {
    String said =
        fault instanceof FileSystemException withName ? withName.getReason() : fault.getMessage();
    return switch (fault) {
      case NoSuchFileException missing -> "there is no such file";
      case AccessDeniedException denied -> "permission is denied";
      default -> said == null ? fault.getClass().getSimpleName() : said;
    };
  }

  /** The first cause. */
  public static Throwable underneath(Throwable fault) {
    return fault.getCause() == null ? fault : underneath(fault.getCause());
  }
}
