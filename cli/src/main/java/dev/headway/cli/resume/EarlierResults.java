package dev.headway.cli.resume;

import dev.headway.Cost;
import dev.headway.PastWork;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * The results in a file, as far as they are whole: objects of JSON that begin with an id. Whatever
 * ends a run in the midst of writing leaves the last line torn, or, if the power fails, zeros.
 *
 * @param finished what they are of
 * @param works what they have taken, permits alone, as far as it ended within the longest period
 * @param end where the last whole one ends, without the end of its line
 * @param torn whether there is something after that
 */
record EarlierResults(Finished finished, List<PastWork> works, long end, boolean torn) {

  /** Bodies may be as long as the user likes. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();

  static final EarlierResults NONE = new EarlierResults(Finished.NOTHING, List.of(), 0, false);

  private static final int CHUNK = 1 << 16;
  private static final String BEGIN = "{\"id\":";

  /**
   * Reads them.
   *
   * @param failedToo whether what has failed is finished
   * @param since what ended before is not asked for
   * @throws IOException if the file cannot be read, or holds something else
   */
  static EarlierResults read(FileChannel file, boolean failedToo, Instant since)
      throws IOException {
    Finished.Builder finished = new Finished.Builder();
    List<PastWork> works = new ArrayList<>();
    long end = 0;
    long line = 0;
    file.position(0);
    InputStream bytes = Channels.newInputStream(file);
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), bytes)) {
      for (Fields fields = read(parser); fields != null; fields = read(parser)) {
        if (fields.well || failedToo) {
          finished.add(Finished.key(fields.id(), fields.what), fields.well);
        }
        fields
            .work()
            .filter(work -> work.endedAt().orElseThrow().isAfter(since))
            .ifPresent(works::add);
        line++;
        end = parser.currentLocation().getByteOffset();
      }
    } catch (JacksonException | NotAResultException e) {
      requireTorn(file, end, line + 1);
    }
    return new EarlierResults(finished.build(), works, end, end + 1 < file.size());
  }

  /** Whether the result that begins at a place in a file is a certain one. */
  static boolean isAt(FileChannel file, long place, long key) throws IOException {
    InputStream bytes = Channels.newInputStream(file.position(place));
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), bytes)) {
      Fields fields = read(parser);
      return fields != null && Finished.key(fields.id(), fields.what) == key;
    } catch (JacksonException | NotAResultException e) {
      return false;
    }
  }

  /** What matters of a result. */
  private static final class Fields {

    @Nullable Object id;
    String what = "";
    boolean well = true;
    @Nullable Instant startedAt;
    double tookMs;

    Object id() {
      return Objects.requireNonNull(id);
    }

    Optional<PastWork> work() {
      Instant started = startedAt;
      return started == null
          ? Optional.empty()
          : Optional.of(
              new PastWork(
                  started, Optional.of(started.plusNanos((long) (tookMs * 1e6))), Cost.one()));
    }
  }

  /** Reads one; null at the end. */
  private static @Nullable Fields read(JsonParser parser) throws NotAResultException {
    JsonToken begin = parser.nextToken();
    if (begin == null) {
      return null;
    }
    if (begin != JsonToken.START_OBJECT) {
      throw new NotAResultException();
    }
    Fields fields = new Fields();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      take(fields, parser.currentName(), parser.nextToken(), parser);
      parser.skipChildren();
    }
    if (fields.id == null) {
      throw new NotAResultException();
    }
    return fields;
  }

  private static void take(Fields fields, String name, JsonToken value, JsonParser parser)
      throws NotAResultException {
    boolean text = value == JsonToken.VALUE_STRING;
    switch (name) {
      case "id" -> fields.id = text ? parser.getString() : parser.getDecimalValue();
      case "url", "input" -> fields.what = text ? parser.getString() : "";
      case "error" -> fields.well = false;
      case "tookMs" -> fields.tookMs = parser.getDoubleValue();
      case "startedAt" -> {
        try {
          fields.startedAt = Instant.parse(parser.getString());
        } catch (DateTimeParseException e) {
          throw new NotAResultException();
        }
      }
      default -> {
        // It does not tell results apart.
      }
    }
  }

  /** Only what a run may have left behind is cut off: one line that begins as ours do, or zeros. */
  private static void requireTorn(FileChannel file, long end, long line) throws IOException {
    InputStream rest = Channels.newInputStream(file.position(end == 0 ? 0 : end + 1));
    byte[] chunk = rest.readNBytes(CHUNK);
    String text = new String(chunk, StandardCharsets.ISO_8859_1);
    boolean ours = text.startsWith(BEGIN) || BEGIN.startsWith(text) || text.startsWith("\0");
    boolean lineEnded = false;
    while (ours && chunk.length > 0) {
      for (byte each : chunk) {
        ours &= !lineEnded;
        lineEnded |= each == '\n';
      }
      chunk = rest.readNBytes(CHUNK);
    }
    if (!ours) {
      throw new IOException("no run can be continued in it: its line " + line + " is no result");
    }
  }

  /** Something else than a result. */
  private static final class NotAResultException extends Exception {
    private static final long serialVersionUID = 1;
  }
}
