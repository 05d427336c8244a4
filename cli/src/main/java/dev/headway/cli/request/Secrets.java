package dev.headway.cli.request;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The values that Headway sends and writes nowhere: those of variables of the environment, given as
 * <code>${NAME}</code>, and those of private headers.
 *
 * <p>A URL is shown as its template has it, with <code>${NAME}</code> in the place of the value:
 * what is shown does not depend on what the value is, or on whether it is found. A variable at the
 * start of a URL whose value holds {@code ://} is a base address, which is no secret and is shown.
 *
 * <p>Only texts of others that Headway repeats in its own words, such as the message of an
 * exception, are searched for values. Bodies are never searched, nor are the headers of servers.
 *
 * <p>All secrets but tokens are added before the first text is hidden; from then on any thread may
 * use this.
 */
public final class Secrets {

  static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)}");

  /** What follows the name or the password of a user. */
  private static final Pattern OF_USER = Pattern.compile("[^/?#]*@");

  private static final Pattern UP_TO_HOST = Pattern.compile("[^/?#]*://[^/?#]*");
  private static final String ADDRESS = "://";
  private static final String HIDDEN = "•••";

  /** A shorter value is part of many words. It is found only where it is a part of a URL. */
  private static final int SHORTEST_IN_WORDS = 4;

  private static final String BEFORE_PART_OF_URL = "(?<=[/?&=#:@.,;\"'(])";
  private static final String NOT_IN_A_WORD = "(?![\\p{L}\\p{N}])";

  private final Map<String, String> environment;
  private final boolean named;

  /** What is shown in the place of each value. */
  private final Map<String, String> shown = new ConcurrentHashMap<>();

  /** The values that are in URLs, and those of them that are in the names of hosts. */
  private final Set<String> inUrls = new HashSet<>();

  private final Set<String> inHosts = new HashSet<>();

  /** The values that are shown in URLs all the same. */
  private final Set<String> baseAddresses = new HashSet<>();

  /** The names of headers with secrets. */
  private final Set<String> headers = new HashSet<>();

  private volatile Search anywhere = Search.NOTHING;
  private volatile Search hosts = Search.NOTHING;

  /** A search for values: each group of the pattern finds one. */
  private record Search(Pattern pattern, List<String> shown) {

    static final Search NOTHING = new Search(Pattern.compile("(?!)"), List.of());

    String replace(String text) {
      if (shown.isEmpty()) {
        return text;
      }
      return pattern
          .matcher(text)
          .replaceAll(found -> {
            int group = 1;
            while (found.group(group) == null) {
              group++;
            }
            return Matcher.quoteReplacement(shown.get(group - 1));
          });
    }
  }

  /** The variables of an environment. None of them is a secret before it is used. */
  public Secrets(Map<String, String> environment) {
    this(environment, false);
  }

  /**
   * The variables of an environment.
   *
   * @param named whether headers and bodies are made with their names, since they are only shown
   */
  public Secrets(Map<String, String> environment, boolean named) {
    this.environment = environment;
    this.named = named;
  }

  /**
   * The template of a URL as it is shown: with its base address, and with all other variables as
   * they are, which are secrets from now on. {@link #reveal} makes of it what is sent.
   *
   * @throws IllegalArgumentException if a variable is not in the environment
   */
  public String address(String template) {
    String address = withBase(template.strip());
    Matcher place = VARIABLE.matcher(address);
    while (place.find()) {
      String value = variable(place.group(1));
      add(value, place.group());
      inUrls.add(value);
      if (UP_TO_HOST.matcher(address.substring(0, place.start())).matches()
          && !OF_USER.matcher(address.substring(place.end())).lookingAt()) {
        requireAscii(value, place.group());
        inHosts.add(value);
      }
    }
    prepare();
    return address;
  }

  /** In the name of a host it would be sent in another form, in which it is not found. */
  private static void requireAscii(String value, String place) {
    if (value.chars().anyMatch(c -> c >= 0x80)) {
      throw new IllegalArgumentException(
          place + " is in the name of a host: its value must be ASCII, such as xn--…");
    }
  }

  /** A template with its base address, if it begins with one. */
  String withBase(String template) {
    Matcher first = VARIABLE.matcher(template);
    if (!first.lookingAt()) {
      return template;
    }
    String value = variable(first.group(1));
    if (!value.contains(ADDRESS)) {
      return template;
    }
    baseAddresses.add(value);
    return value + template.substring(first.end());
  }

  /**
   * A text with the values of its variables, which are secrets from now on.
   *
   * @throws IllegalArgumentException if a variable is not in the environment
   */
  public String expand(String text) {
    VARIABLE.matcher(text).results().forEach(place -> add(variable(place.group(1)), place.group()));
    prepare();
    return reveal(text);
  }

  /** What is sent of a text whose variables are known. */
  String reveal(String text) {
    return reveal(text, UnaryOperator.identity());
  }

  /** The same with values in another form, such as percent-encoded. */
  public String reveal(String text, UnaryOperator<String> form) {
    return VARIABLE
        .matcher(text)
        .replaceAll(place -> Matcher.quoteReplacement(form.apply(variable(place.group(1)))));
  }

  /** What is sent of a URL that is shown: a {@code #} in a value begins no fragment. */
  String revealUrl(String shown) {
    return reveal(shown, value -> value.replace("#", "%23"));
  }

  /**
   * A template with the values of its variables, which are secrets from now on.
   *
   * @param escape makes a value a part of the text
   * @throws IllegalArgumentException if a variable is not in the environment
   */
  TextTemplate template(String text, UnaryOperator<String> escape) {
    var unused = expand(text);
    return TextTemplate.of(text, part -> named ? part : reveal(part, escape));
  }

  /** Whether a text has places for variables of the environment. */
  public static boolean areIn(String text) {
    return VARIABLE.matcher(text).find();
  }

  private String variable(String name) {
    String value = environment.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "there is no variable " + name + " in the environment, for ${" + name + "}");
    }
    return value;
  }

  /**
   * The credentials of a user for a header (Basic, RFC 7617), which are secrets with the password.
   */
  public String basic(String user, String password) {
    String encoded =
        Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    add(password);
    add(encoded);
    return "Basic " + encoded;
  }

  /** The values of a header are secrets, whatever its name says. */
  void addHeader(String name) {
    headers.add(name);
  }

  /** The names of headers whose values are secrets, whatever the names say. */
  public Set<String> headers() {
    return headers;
  }

  /** From now on the value of a private header is a secret. */
  public void add(String value) {
    add(value.strip(), HIDDEN);
    prepare();
  }

  private void add(String value, String instead) {
    if (!value.isBlank()) {
      shown.putIfAbsent(value, instead);
    }
  }

  private void prepare() {
    anywhere = search(shown.keySet(), this::anywhere);
    hosts = search(inHosts, value -> "(?i:" + Pattern.quote(value) + ")");
  }

  private Search search(Set<String> values, UnaryOperator<String> pattern) {
    // The longest first, since one may hold another.
    List<String> all = new ArrayList<>(values);
    all.removeAll(baseAddresses);
    all.removeIf(value -> !shown.containsKey(value) || pattern.apply(value).isEmpty());
    all.sort(Comparator.comparingInt(String::length).reversed());
    return all.isEmpty()
        ? Search.NOTHING
        : new Search(
            Pattern.compile(
                all.stream()
                    .map(value -> "(" + pattern.apply(value) + ")")
                    .collect(Collectors.joining("|"))),
            all.stream().map(shown::get).toList());
  }

  /** Where in a text a value is; empty if it is not looked for. */
  private String anywhere(String value) {
    String forms = value.codePoints().mapToObj(Secrets::anyForm).collect(Collectors.joining());
    String found = inHosts.contains(value) ? "(?i:" + forms + ")" : forms;
    if (value.length() >= SHORTEST_IN_WORDS) {
      return found;
    }
    return inUrls.contains(value) ? BEFORE_PART_OF_URL + found + NOT_IN_A_WORD : "";
  }

  /** A character as it is or percent-encoded. */
  private static String anyForm(int codePoint) {
    String character = Character.toString(codePoint);
    StringBuilder encoded = new StringBuilder();
    for (byte each : character.getBytes(StandardCharsets.UTF_8)) {
      encoded.append(String.format("%%%02X", each));
    }
    String space = codePoint == ' ' ? "|\\+" : "";
    return "(?:" + Pattern.quote(character) + "|(?i:" + encoded + ")" + space + ")";
  }

  /** A text of others as it may be shown. */
  public String hide(String text) {
    return anywhere.replace(text);
  }

  /**
   * A text of others about a request as it may be shown.
   *
   * @param url what was asked for, which is not searched: it is shown as always
   * @param shownUrl how that is
   */
  public String hide(String text, String url, String shownUrl) {
    return Stream.of(text.split(Pattern.quote(url), -1))
        .map(this::hide)
        .collect(Collectors.joining(shownUrl));
  }

  /**
   * The name of a host, or of a throttle that is called by one, as it may be shown. It is searched
   * for secrets that are in hosts alone, so that it stays the same when others change.
   */
  public String hideHost(String name) {
    return hosts.replace(name);
  }
}
