package dev.headway.cli.resume;

import dev.headway.cli.model.Usage;
import dev.headway.limit.Cost;
import dev.headway.throttle.PriorStart;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
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
 * Reads the results in a file: objects of JSON that begin with an id. Whatever ends a run in the
 * midst of writing leaves the last line torn, or, if the power fails, zeros.
 */
final class StoredResults {

  /** Bodies may be as long as the user likes. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();

  private static final int CHUNK = 1 << 16;
  private static final int FIRST_ERROR = 400;
  private static final String BEGIN = "{\"id\":";

  private StoredResults() {}

  /**
   * What matters of a result.
   *
   * @param id of what it is, a text or a number
   * @param key {@link Finished#key} of what it is of
   * @param well whether that succeeded
   * @param work what it took, permits alone, if it was started
   * @param cost what it cost; 0 if that is not known
   * @param usage its tokens, if it is in the form of a batch
   * @param start the byte of the file at which it begins
   * @param end the byte after its last, without the end of the line
   */
  record Stored(
      Object id,
      long key,
      boolean well,
      Optional<PriorStart> work,
      double cost,
      Usage usage,
      long start,
      long end) {

    /** Its id if that is a whole number that a line can have; 0 otherwise. */
    long number() {
      return id instanceof BigDecimal number && number.precision() - number.scale() < 18
          ? number.longValue()
          : 0;
    }
  }

  /** What is done with each result. */
  interface Each {
    /**
     * Does it.
     *
     * @throws IOException if a file cannot be read or written
     */
    void accept(Stored result) throws IOException;
  }

  /**
   * Reads the results that are whole.
   *
   * @param from the byte at which the first begins, or blank lines before it
   * @return where the last ends; {@code from} if there is none
   * @throws IOException if the file cannot be read, or holds something else than results and the
   *     torn rest of one
   */
  static long read(FileChannel file, long from, Each each) throws IOException {
    return readUpTo(file, from, Long.MAX_VALUE, each);
  }

  /** The same, of those that begin before a byte. */
  static long readUpTo(FileChannel file, long from, long limit, Each each) throws IOException {
    long end = from;
    long line = 1;
    InputStream bytes = Channels.newInputStream(file.position(from));
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), bytes)) {
      for (Stored next = next(parser, from);
          next != null && next.start() < limit;
          next = next(parser, from)) {
        each.accept(next);
        line++;
        end = next.end();
      }
    } catch (JacksonException | NotAResultException e) {
      requireTorn(file, end == from ? from : end + 1, line);
    }
    return end;
  }

  /** The result that begins at a byte, if one does. */
  static Optional<Stored> at(FileChannel file, long start) throws IOException {
    InputStream bytes = Channels.newInputStream(file.position(start));
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), bytes)) {
      return Optional.ofNullable(next(parser, start));
    } catch (JacksonException | NotAResultException e) {
      return Optional.empty();
    }
  }

  /** Reads one; null at the end. */
  private static @Nullable Stored next(JsonParser parser, long from) throws NotAResultException {
    JsonToken begin = parser.nextToken();
    if (begin == null) {
      return null;
    }
    if (begin != JsonToken.START_OBJECT) {
      throw new NotAResultException();
    }
    long start = from + parser.currentTokenLocation().getByteOffset();
    Fields fields = new Fields();
    eachField(parser, (name, value) -> take(fields, name, value, parser));
    if (fields.id == null) {
      throw new NotAResultException();
    }
    return fields.stored(start, from + parser.currentLocation().getByteOffset());
  }

  private static final class Fields {

    private @Nullable Object id;
    private long key;
    private boolean well = true;
    private @Nullable Instant startedAt;
    private double tookMs;
    private double cost;
    private long input;
    private long output;

    boolean isBatch() {
      return id instanceof String text && text.startsWith(Finished.BATCH_ID);
    }

    Stored stored(long start, long end) {
      return new Stored(
          Objects.requireNonNull(id),
          key,
          well,
          Optional.ofNullable(startedAt).map(this::work),
          cost,
          new Usage(input, output),
          start,
          end);
    }

    private PriorStart work(Instant started) {
      return new PriorStart(
          started, Optional.of(started.plusNanos((long) (tookMs * 1e6))), Cost.one());
    }
  }

  private static void take(Fields fields, String name, JsonToken value, JsonParser parser)
      throws NotAResultException {
    boolean text = value == JsonToken.VALUE_STRING;
    switch (name) {
      case "id" -> {
        fields.id = text ? parser.getString() : parser.getDecimalValue();
        if (fields.isBatch()) {
          fields.key = key(parser.getString().substring(Finished.BATCH_ID.length()));
        }
      }
      case "requestHash" -> fields.key = key(parser.getString());
      case "input" -> fields.key = Finished.key(parser.getString());
      case "error" -> fields.well &= value == JsonToken.VALUE_NULL;
      case "custom_id" -> {
        if (fields.isBatch() && parser.getString().matches("\\d{1,17}")) {
          fields.id = new BigDecimal(parser.getString());
        }
      }
      case "response" -> takeResponse(fields, parser);
      case "cost" -> fields.cost = value.isNumeric() ? parser.getDoubleValue() : 0;
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

  /** The response of a result in the form of a batch, which has its status and its tokens. */
  private static void takeResponse(Fields fields, JsonParser parser) throws NotAResultException {
    eachField(
        parser,
        (name, value) -> {
          if (name.equals("status_code")) {
            fields.well &= parser.getIntValue() < FIRST_ERROR;
          } else if (name.equals("body")) {
            eachField(parser, (inner, usage) -> takeUsage(fields, inner, parser));
          }
        });
  }

  private static void takeUsage(Fields fields, String name, JsonParser parser)
      throws NotAResultException {
    if (!name.equals("usage")) {
      return;
    }
    eachField(
        parser,
        (kind, value) -> {
          boolean number = value == JsonToken.VALUE_NUMBER_INT;
          switch (kind) {
            case "prompt_tokens", "input_tokens" ->
                fields.input += number ? parser.getLongValue() : 0;
            case "completion_tokens", "output_tokens" ->
                fields.output += number ? parser.getLongValue() : 0;
            default -> {
              // Parts of these.
            }
          }
        });
  }

  /** What is done with a field. */
  private interface Field {
    void accept(String name, JsonToken value) throws NotAResultException;
  }

  /** Takes the fields of an object, if the parser is at one. */
  private static void eachField(JsonParser parser, Field field) throws NotAResultException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      return;
    }
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      field.accept(name, parser.nextToken());
      parser.skipChildren();
    }
  }

  private static long key(String printed) throws NotAResultException {
    try {
      return HexFormat.fromHexDigitsToLong(printed);
    } catch (IllegalArgumentException e) {
      throw new NotAResultException();
    }
  }

  /** Only what a run may have left behind is cut off: one line that begins as ours do, or zeros. */
  private static void requireTorn(FileChannel file, long from, long line) throws IOException {
    InputStream rest = Channels.newInputStream(file.position(from));
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
