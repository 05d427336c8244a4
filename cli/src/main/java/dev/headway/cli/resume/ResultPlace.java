package dev.headway.cli.resume;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Where a result is, as {@link ResultFile#place} tells it. */
public final class ResultPlace {

  private ResultPlace() {}

  /**
   * Whether a result is at a place in a file, perhaps another run's. On another machine that file
   * is not there, and so is no result.
   *
   * @param id its id
   * @param key {@link Finished#key} of what it is of
   */
  public static boolean isAt(String place, Object id, long key) {
    int space = place.indexOf(' ');
    if (space < 0) {
      return false;
    }
    try (FileChannel file =
        FileChannel.open(Path.of(place.substring(space + 1)), StandardOpenOption.READ)) {
      return StoredResults.at(file, Long.parseLong(place.substring(0, space)))
          .filter(result -> result.key() == key && result.id().toString().equals(id.toString()))
          .isPresent();
    } catch (IOException | IllegalArgumentException e) {
      // It cannot be told here.
      return false;
    }
  }
}
