package dev.headway.cli.request;

import com.github.mizosoft.methanol.MediaType;
import com.github.mizosoft.methanol.MultipartBodyPublisher;
import dev.headway.cli.text.FileErrors;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The fields of a form, sent as {@code multipart/form-data} (RFC 7578). A text has the same places
 * as a URL, filled in as they are; a file is read once, before anything is sent.
 *
 * @param fields the fields, in order
 */
record FormTemplate(List<Field> fields) {

  /** One field. */
  sealed interface Field {
    String name();
  }

  private record TextField(String name, TextTemplate text) implements Field {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record FileField(String name, String fileName, byte[] content) implements Field {}

  /**
   * Reads fields as curl has them: {@code name=text} or {@code name=@file}.
   *
   * @param secrets gets those in texts
   * @throws IllegalArgumentException if one is neither, or its file cannot be read
   */
  static FormTemplate of(List<String> given, Secrets secrets) {
    List<Field> fields = new ArrayList<>();
    for (String field : given) {
      int equals = field.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(
            "--form: \"" + field + "\" is not NAME=TEXT or NAME=@FILE, such as photo=@a.jpg");
      }
      String name = field.substring(0, equals);
      String value = field.substring(equals + 1);
      fields.add(
          value.startsWith("@")
              ? file(name, Path.of(secrets.expand(value.substring(1))))
              : new TextField(name, secrets.template(value, UnaryOperator.identity())));
    }
    return new FormTemplate(fields);
  }

  private static Field file(String name, Path file) {
    try {
      return new FileField(name, String.valueOf(file.getFileName()), Files.readAllBytes(file));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "--form: cannot read \"" + file + "\": " + FileErrors.reason(e), e);
    }
  }

  /** The names of all places. */
  Set<String> places() {
    return fields.stream()
        .filter(TextField.class::isInstance)
        .map(TextField.class::cast)
        .flatMap(field -> field.text().places().stream())
        .collect(Collectors.toSet());
  }

  /** The body for a line, which knows its type. */
  MultipartBodyPublisher fill(Row row) {
    MultipartBodyPublisher.Builder body = MultipartBodyPublisher.newBuilder();
    for (Field field : fields) {
      switch (field) {
        case TextField(String name, TextTemplate text) ->
            body.formPart(name, BodyPublishers.ofString(text.fill(row, UnaryOperator.identity())));
        case FileField(String name, String fileName, byte[] content) ->
            body.formPart(
                name,
                fileName,
                BodyPublishers.ofByteArray(content),
                MediaType.APPLICATION_OCTET_STREAM);
      }
    }
    return body.build();
  }
}
