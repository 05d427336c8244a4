package dev.headway.cli.fetch;

import dev.headway.cli.request.Request;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request on its way into a file, which is there only once it is whole.
 *
 * <p>If the connection breaks within a body with a strong {@code ETag}, the next attempt asks for
 * the rest ({@code Range} and {@code If-Range}, RFC 9110, section 14). If the file is there from an
 * earlier run, the request asks whether it has changed ({@code If-None-Match}, section 13.1.2): a
 * response with 304 leaves it.
 *
 * <p>Used by one request at a time.
 */
final class Download implements BodySink.Chooser {

  private static final int PARTIAL = 206;
  private static final int UNCHANGED = 304;
  private static final int OK = 200;

  /** A request with one of them says itself what it wants. */
  private static final Set<String> CONDITIONS =
      Set.of("Range", "If-Range", "If-None-Match", "If-Modified-Since", "If-Match");

  private final Path part;
  private final Function<ResponseInfo, Path> place;
  private final SavedBody saved;
  private final boolean asks;
  private final boolean asReceived;

  /** The strong tag of what is in the part, and how much that is. */
  private Optional<String> tag = Optional.empty();

  private long received;

  /** What the last attempt has asked for. */
  private boolean asksForRest;

  private Optional<Path> unchanged = Optional.empty();

  /**
   * A download.
   *
   * @param part where the body is until it is whole
   * @param place where it goes then
   * @param saved what is known of an earlier one
   * @param asReceived whether the part has the bytes of the response, and not what they decode to
   */
  Download(
      Request request,
      Path part,
      Function<ResponseInfo, Path> place,
      SavedBody saved,
      boolean asReceived) {
    this.asReceived = asReceived;
    this.part = part;
    this.place = place;
    this.saved = saved;
    HttpRequest http = request.http().orElseThrow();
    this.asks =
        http.method().equals("GET")
            && CONDITIONS.stream().noneMatch(name -> http.headers().firstValue(name).isPresent());
  }

  @Override
  public HttpRequest prepare(HttpRequest request) {
    asksForRest = asks && tag.isPresent() && received > 0;
    unchanged = asks && !asksForRest ? saved.file() : Optional.empty();
    if (!asksForRest && unchanged.isEmpty()) {
      return request;
    }
    HttpRequest.Builder builder = HttpRequest.newBuilder(request, (name, value) -> true);
    if (asksForRest) {
      builder.header("Range", "bytes=" + received + "-").header("If-Range", tag.orElseThrow());
    } else {
      builder.header("If-None-Match", saved.tag());
    }
    return builder.build();
  }

  @Override
  public BodySink choose(ResponseInfo head) {
    if (head.statusCode() == UNCHANGED && unchanged.isPresent()) {
      return new Unchanged(unchanged.get());
    }
    boolean continues = asksForRest && head.statusCode() == PARTIAL;
    if (continues && !isRest(head)) {
      return new Wrong();
    }
    if (!continues) {
      received = 0;
      tag =
          asReceived && head.statusCode() == OK
              ? head.headers().firstValue("ETag").filter(SavedBody::isStrong)
              : Optional.empty();
    }
    return new Part(head, continues);
  }

  private boolean isRest(ResponseInfo head) {
    return head.headers()
        .firstValue("Content-Range")
        .filter(range -> range.strip().startsWith("bytes " + received + "-"))
        .isPresent();
  }

  /** No attempt follows. */
  @Override
  public void close() {
    received = 0;
    try {
      Files.deleteIfExists(part);
    } catch (IOException leftThere) {
      // The next attempt at this line writes over it.
    }
  }

  /** The file of an earlier run. */
  private record Unchanged(Path file) implements BodySink {
    @Override
    public OutputStream stream() {
      return OutputStream.nullOutputStream();
    }

    @Override
    public Body whole() {
      return Body.in(file);
    }

    @Override
    public void abandon() {
      // It stays.
    }
  }

  /** A part that was not asked for. */
  private static final class Wrong implements BodySink {
    @Override
    public OutputStream stream() throws IOException {
      throw new IOException("the server sent another part than it was asked for");
    }

    @Override
    public Body whole() throws IOException {
      throw new IOException("the server sent another part than it was asked for");
    }

    @Override
    public void abandon() {
      // Nothing is written.
    }
  }

  /** A body, or the rest of one. */
  private final class Part implements BodySink {

    private final ResponseInfo head;
    private final boolean continues;
    private @Nullable OutputStream stream;

    Part(ResponseInfo head, boolean continues) {
      this.head = head;
      this.continues = continues;
    }

    @Override
    public OutputStream stream() throws IOException {
      if (stream == null) {
        stream =
            Files.newOutputStream(
                part,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                continues ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING,
                LinkOption.NOFOLLOW_LINKS);
      }
      return stream;
    }

    @Override
    public Body whole() throws IOException {
      stream().close();
      Path file = place.apply(head);
      saved.forget();
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      if (head.statusCode() == OK || continues) {
        saved.remember(file, head.headers());
      }
      return Body.in(file);
    }

    @Override
    public void abandon() {
      try {
        stream().close();
        if (tag.isPresent()) {
          received = Files.size(part);
        } else {
          Files.deleteIfExists(part);
        }
      } catch (IOException leftThere) {
        received = 0;
      }
    }
  }
}
