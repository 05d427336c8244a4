package dev.headway.cli.fetch;

import dev.headway.cli.request.Request;
import dev.headway.cli.resume.Finished;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A folder with a file for the body of each answer. Files are called by the number of the line, so
 * that no two have the same name, and then by what they are for; nothing that a line or a server
 * says leads out of the folder.
 */
final class BodyFiles {

  private static final int LONGEST_ID = 80;
  private static final String UNKNOWN = "bin";

  private final Path folder;
  private final boolean asReceived;

  /**
   * Those in a folder that is there.
   *
   * @param asReceived whether bodies are saved as they are received, and not decoded
   */
  BodyFiles(Path folder, boolean asReceived) {
    this.folder = folder;
    this.asReceived = asReceived;
  }

  /** Where the body of a request goes. */
  BodySink.Chooser of(Request request) {
    long line = request.number();
    return new Download(
        request,
        folder.resolve("." + line + ".part"),
        head -> folder.resolve(name(line, request.id()) + "." + extension(request, head)),
        new SavedBody(
            folder.resolve("." + line + ".etag"),
            Finished.printed(ResultWriter.IDENTITY.key(request))),
        asReceived);
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
}
