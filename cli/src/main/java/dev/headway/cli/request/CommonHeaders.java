package dev.headway.cli.request;

import dev.headway.cli.text.FileErrors;
import dev.headway.http.PrivateHeaders;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** The headers that all requests get. */
public final class CommonHeaders {

  /** Headers that only the JDK's client sets. */
  private static final Set<String> SET_BY_CLIENT =
      Set.of("connection", "content-length", "expect", "host", "upgrade");

  private final Secrets secrets;
  private final Map<String, TextTemplate> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final List<String> exposed = new ArrayList<>();

  public CommonHeaders(Secrets secrets) {
    this.secrets = secrets;
  }

  /**
   * A header without places.
   *
   * @param name its name
   * @param value its value
   */
  public record Plain(String name, String value) {}

  /**
   * Reads one that was given as an option, without places for what lines have.
   *
   * @param exposed gets its name if it is private and its value is on the command line
   * @throws IllegalArgumentException if it cannot be sent
   */
  public static Plain plain(String header, Secrets secrets, Consumer<String> exposed) {
    CommonHeaders headers = new CommonHeaders(secrets);
    headers.add(header);
    headers.exposed().forEach(exposed);
    Map.Entry<String, TextTemplate> only = headers.byName().entrySet().iterator().next();
    return new Plain(
        only.getKey(),
        only.getValue()
            .plain()
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "the header \"" + only.getKey() + "\" cannot have {} here")));
  }

  /**
   * Adds one that was given as an option.
   *
   * @throws IllegalArgumentException if it is not a name, a colon and a value
   */
  void add(String header) {
    String name = name(header, "--header \"" + header.replaceFirst(":.*", "") + "\"");
    TextTemplate value = secrets.template(value(header), UnaryOperator.identity());
    boolean isPrivate = PrivateHeaders.isPrivate(name);
    if (isPrivate) {
      hide(name, value);
    }
    if (Secrets.areIn(header)) {
      secrets.addHeader(name);
    } else if (isPrivate && value.isPlain()) {
      exposed.add(name);
    }
    put(name, value);
  }

  private void put(String name, TextTemplate value) {
    for (TextTemplate.Part part : value.parts()) {
      fault(name, part.isPlace() ? "" : part.text())
          .ifPresent(fault -> {
            throw new IllegalArgumentException("the header \"" + name + "\" " + fault);
          });
    }
    byName.put(name, value);
  }

  /** Why a header cannot be sent, without its value, which may be a secret. */
  static Optional<String> fault(String name, String value) {
    if (SET_BY_CLIENT.contains(name.toLowerCase(Locale.ROOT))) {
      return Optional.of("is set by headway itself");
    }
    try {
      var unused = HttpRequest.newBuilder().header(name, value);
    } catch (IllegalArgumentException e) {
      return Optional.of("has characters in its name or value that may not be sent");
    }
    return value.chars().allMatch(c -> c < 0x80)
        ? Optional.empty()
        : Optional.of("has characters in its value that are not ASCII, which headers cannot have");
  }

  /**
   * Adds basic authentication.
   *
   * @throws IllegalArgumentException if it is not a user, a colon and a password
   */
  void addUser(String user) {
    if (user.indexOf(':') < 0) {
      throw new IllegalArgumentException(
          "--user: \"" + user + "\" has no password; write USER:PASSWORD, or USER: for none");
    }
    String expanded = secrets.expand(user);
    if (expanded.equals(user)) {
      exposed.add("Authorization");
    }
    int colon = expanded.indexOf(':');
    String value = secrets.basic(expanded.substring(0, colon), expanded.substring(colon + 1));
    put("Authorization", new TextTemplate(List.of(new TextTemplate.Part(value, false))));
  }

  /** Its value is a secret; a scheme such as Bearer is none. */
  private void hide(String name, TextTemplate template) {
    boolean hasScheme = name.toLowerCase(Locale.ROOT).endsWith("authorization");
    template
        .plain()
        .filter(value -> !Secrets.areIn(value))
        .map(value -> hasScheme ? value.substring(value.indexOf(' ') + 1) : value)
        .ifPresent(secrets::add);
  }

  /**
   * Adds those of a file, a line each. All of them are private: that is what the file is for.
   *
   * @throws IllegalArgumentException if it cannot be read or a line is none
   */
  void addAll(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "cannot read \"" + file + "\": " + FileErrors.reason(e), e);
    }
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        String name = name(line, "line " + (i + 1) + " of \"" + file + "\"");
        TextTemplate value = secrets.template(value(line), UnaryOperator.identity());
        hide(name, value);
        secrets.addHeader(name);
        put(name, value);
      }
    }
  }

  private static String name(String header, String where) {
    int colon = header.indexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException(
          where
              + " is not a header: it needs a name, a colon and a value, such as"
              + " \"Accept: text/plain\"");
    }
    return header.substring(0, colon).strip();
  }

  private static String value(String header) {
    return header.substring(header.indexOf(':') + 1).strip();
  }

  /** The names of those that all who can list processes can see, and should not. */
  public List<String> exposed() {
    return List.copyOf(exposed);
  }

  /** Values by name, whatever the case of that. */
  Map<String, TextTemplate> byName() {
    return byName;
  }
}
