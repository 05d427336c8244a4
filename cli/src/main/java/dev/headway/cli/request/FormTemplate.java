package dev.headway.cli.request;

import dev.headway.cli.text.FileErrors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The fields of a form, sent as {@code multipart/form-data} (RFC 7578). A text has the same places
 * as a URL, filled in as they are; a file is read once, before anything is sent.
 *
 * @param parts the fields, in order
 * @param boundary stands between them: random, so that no value holds it
 */
record FormTemplate(List<Part> parts, String boundary) {

  private static final TextTemplate NO_TEXT = TextTemplate.of("", UnaryOperator.identity());

  /**
   * One field.
   *
   * @param head its header
   * @param text its value; empty if that is a file's
   * @param content what a file holds
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Part(String head, TextTemplate text, byte[] content) {}

  /**
   * Reads fields as curl has them: {@code name=text} or {@code name=@file}.
   *
   * @param secrets gets those in texts
   * @throws IllegalArgumentException if one is neither, or its file cannot be read
   */
  static FormTemplate of(List<String> fields, Secrets secrets) {
    List<Part> parts = new ArrayList<>();
    for (String field : fields) {
      int equals = field.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(
            "--form: \"" + field + "\" is not NAME=TEXT or NAME=@FILE, such as photo=@a.jpg");
      }
      String name = field.substring(0, equals);
      String value = field.substring(equals + 1);
      parts.add(
          value.startsWith("@")
              ? file(name, Path.of(secrets.expand(value.substring(1))))
              : text(name, secrets.template(value, UnaryOperator.identity())));
    }
    return new FormTemplate(parts, "headway-" + UUID.randomUUID());
  }

  private static Part text(String name, TextTemplate value) {
    return new Part("Content-Disposition: form-data; name=" + quoted(name), value, new byte[0]);
  }

  private static Part file(String name, Path file) {
    try {
      String head =
          "Content-Disposition: form-data; name="
              + quoted(name)
              + "; filename="
              + quoted(String.valueOf(file.getFileName()))
              + "\r\nContent-Type: application/octet-stream";
      return new Part(head, NO_TEXT, Files.readAllBytes(file));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "--form: cannot read \"" + file + "\": " + FileErrors.reason(e), e);
    }
  }

  /** As browsers quote names: RFC 7578 names percent-encoding. */
  private static String quoted(String name) {
    return "\"" + name.replace("\"", "%22").replace("\r", "%0D").replace("\n", "%0A") + "\"";
  }

  /** The type of the body. */
  String contentType() {
    return "multipart/form-data; boundary=" + boundary;
  }

  /** The names of all places. */
  Set<String> places() {
    return parts.stream()
        .flatMap(part -> part.text().places().stream())
        .collect(Collectors.toSet());
  }

  /** The body for a line. */
  byte[] fill(Row row) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (Part part : parts) {
      write(body, "--" + boundary + "\r\n" + part.head() + "\r\n\r\n");
      write(body, part.text().fill(row, UnaryOperator.identity()));
      body.writeBytes(part.content());
      write(body, "\r\n");
    }
    write(body, "--" + boundary + "--\r\n");
    return body.toByteArray();
  }

  private static void write(ByteArrayOutputStream body, String text) {
    body.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }
}
