package dev.headway.cli.fetch;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What is known of a body that an earlier run has saved: a small file beside it has the request
 * that it is of, its {@code ETag} and its name.
 */
final class SavedBody {

  private static final Pattern TAG = Pattern.compile("(W/)?\"[\\x21\\x23-\\x7E]*\"");
  private static final int LINES = 3;

  private final Path note;
  private final String request;
  private List<String> lines = List.of();

  /**
   * Reads what is known.
   *
   * @param note the file that says it
   * @param request what tells the request apart
   */
  SavedBody(Path note, String request) {
    this.note = note;
    this.request = request;
    try {
      if (Files.isRegularFile(note, LinkOption.NOFOLLOW_LINKS)) {
        lines = Files.readAllLines(note);
      }
    } catch (IOException unreadable) {
      lines = List.of();
    }
  }

  /** Whether a tag is one that stands for the very bytes. */
  static boolean isStrong(String tag) {
    return TAG.matcher(tag).matches() && !tag.startsWith("W/");
  }

  /** The file, if it is there and of the same request. */
  Optional<Path> file() {
    boolean known =
        lines.size() == LINES
            && lines.get(0).equals(request)
            && TAG.matcher(lines.get(1)).matches()
            && Path.of(lines.get(2)).getNameCount() == 1;
    return known
        ? Optional.of(note.resolveSibling(lines.get(2)))
            .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
        : Optional.empty();
  }

  /** Its tag. */
  String tag() {
    return lines.get(1);
  }

  /**
   * It is replaced.
   *
   * @throws IOException if what is known cannot be deleted
   */
  void forget() throws IOException {
    lines = List.of();
    Files.deleteIfExists(note);
  }

  /**
   * A body has been saved.
   *
   * @throws IOException if what is known of it cannot be written
   */
  void remember(Path file, HttpHeaders headers) throws IOException {
    Optional<String> tag = headers.firstValue("ETag").filter(text -> TAG.matcher(text).matches());
    if (tag.isPresent()) {
      Files.write(note, List.of(request, tag.get(), String.valueOf(file.getFileName())));
    }
  }
}
