package dev.headway.cli.fetch;

import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What comes from the environment or from a file of headers, and is written nowhere: neither where
 * we say it nor where a server says it back.
 */
public final class Secrets {

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)}");
  private static final String HIDDEN = "•••";

  /** What is shorter would be found in everything. */
  private static final int SHORTEST = 4;

  private final Map<String, String> environment;

  /** The longest first, since one may hold another. */
  private final Set<String> known =
      new TreeSet<>(
          Comparator.comparingInt(String::length)
              .reversed()
              .thenComparing(Comparator.naturalOrder()));

  /** Those of an environment, none of which is known yet. */
  public Secrets(Map<String, String> environment) {
    this.environment = environment;
  }

  /**
   * Puts variables of the environment where a text has <code>${NAME}</code>.
   *
   * @throws IllegalArgumentException if there is no such variable
   */
  String expand(String text) {
    return expand(text, UnaryOperator.identity());
  }

  /**
   * The same with values in another form.
   *
   * @throws IllegalArgumentException if there is no such variable
   */
  public String expand(String text, UnaryOperator<String> form) {
    return VARIABLE
        .matcher(text)
        .replaceAll(place -> Matcher.quoteReplacement(form.apply(variable(place.group(1)))));
  }

  /** Whether a text has places for variables of the environment. */
  static boolean areIn(String text) {
    return VARIABLE.matcher(text).find();
  }

  private String variable(String name) {
    String value = environment.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "there is no variable " + name + " in the environment, for ${" + name + "}");
    }
    add(value);
    return value;
  }

  /** From now on this is one. */
  void add(String secret) {
    if (secret.strip().length() >= SHORTEST) {
      known.add(secret.strip());
      known.add(URLEncoder.encode(secret.strip(), StandardCharsets.UTF_8));
      known.add(URLEncoder.encode(secret.strip(), StandardCharsets.UTF_8).replace("+", "%20"));
    }
  }

  /** A text without them. */
  String hide(String text) {
    String hidden = text;
    for (String secret : known) {
      hidden = hidden.replace(secret, HIDDEN);
    }
    return hidden;
  }

  /** A stream without them, whose last bytes come when it is closed. */
  OutputStream hiding(OutputStream stream) {
    return known.isEmpty() ? stream : new HidingStream(stream, known, HIDDEN);
  }
}
