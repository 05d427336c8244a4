package dev.headway.cli.fetch;

import dev.headway.cli.request.Request;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A folder with a file for the body of each answer. Files are called by the number of the line, so
 * that no two have the same name, and then by what they are for; nothing that a line or a server
 * says leads out of the folder.
 */
final class BodyFiles {

  private static final int LONGEST_ID = 80;
  private static final String UNKNOWN = "bin";

  private final Path folder;

  /** Those in a folder that is there. */
  BodyFiles(Path folder) {
    this.folder = folder;
  }

  /** Where the body of a request goes. */
  BodySink.Chooser of(Request request) {
    long line = request.number();
    return head ->
        new Download(
            folder.resolve("." + line + ".part"),
            folder.resolve(name(line, request.id()) + "." + extension(request, head)));
  }

  static String name(long line, Object id) {
    String text = id.toString();
    if (text.equals(Long.toString(line))) {
      return text;
    }
    String safe = text.replaceAll("[^A-Za-z0-9._-]", "_");
    return line + "-" + safe.substring(0, Math.min(LONGEST_ID, safe.length()));
  }

  /** That of the URL as it is shown, or else what the type says. */
  private static String extension(Request request, ResponseInfo head) {
    String path = request.url().replaceFirst("[?#].*$", "").replaceFirst("^\\w+://[^/]*", "");
    String ofUrl = path.replaceFirst("^.*/[^/]*\\.([A-Za-z0-9]{1,8})$", "$1");
    return ofUrl.equals(path)
        ? extension(head.headers().firstValue("Content-Type").orElse(UNKNOWN))
        : ofUrl;
  }

  /** Such as {@code json} of {@code application/problem+json; charset=utf-8}. */
  static String extension(String type) {
    String subtype = type.replaceFirst(";.*", "").replaceFirst("^.*/", "").strip();
    String name = subtype.toLowerCase(Locale.ROOT).replaceFirst("^.*\\+(?=json$)|\\+.*$", "");
    return switch (name) {
      case "plain" -> "txt";
      case "javascript" -> "js";
      default -> name.matches("[a-z0-9]{1,8}") ? name : UNKNOWN;
    };
  }

  /** A body on its way into a file, which is there only once it is whole. */
  private static final class Download implements BodySink {

    private final Path part;
    private final Path file;
    private @Nullable OutputStream stream;

    Download(Path part, Path file) {
      this.part = part;
      this.file = file;
    }

    @Override
    public OutputStream stream() throws IOException {
      if (stream == null) {
        stream =
            Files.newOutputStream(
                part,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING,
                LinkOption.NOFOLLOW_LINKS);
      }
      return stream;
    }

    @Override
    public Body whole() throws IOException {
      stream().close();
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      return Body.in(file);
    }

    @Override
    public void abandon() {
      try {
        stream().close();
        Files.deleteIfExists(part);
      } catch (IOException leftThere) {
        // The next attempt at this line writes over it.
      }
    }
  }
}
