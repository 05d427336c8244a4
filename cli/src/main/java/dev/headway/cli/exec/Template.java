package dev.headway.cli.exec;

import dev.headway.cli.request.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The words of a command, with places for the input line. Where there is none, the line is the last
 * word.
 *
 * <p>Words are passed on as they are. A shell gets its script with <code>"${1}"</code> in the
 * places, and the line's values as its arguments: so nothing in a line is ever code. {@link
 * ShellScript} says how. The first argument is always the line.
 */
final class Template {

  /** The places that there are, as they are written; and those of columns. */
  private static final Pattern PLACES = Pattern.compile("\\{(?:|\\.|/|//|/\\.|#)}");

  private static final Pattern WITH_COLUMNS =
      Pattern.compile("\\{(?:|\\.|/|//|/\\.|#|[\\p{L}\\p{N}_][\\p{L}\\p{N}_ .-]*)}");

  private static final String WHOLE_LINE = "{}";

  /** The beginning of the names of a script's variables. */
  private static final String NAME = "headway_";

  private static final Pattern EXTENSION = Pattern.compile("(?<=[^/])\\.[^./]*$");

  /** Code that may change the arguments of a script, or have others in a part of it. */
  private static final Pattern CHANGES_ARGUMENTS =
      Pattern.compile("\\b(?:set|shift|function)\\b|\\(\\s*\\)");

  private final List<String> words;
  private final boolean shell;
  private final Pattern place;

  /** The places that the arguments of the script replace, in order. */
  private final List<String> order = new ArrayList<>(List.of(WHOLE_LINE));

  /**
   * A template.
   *
   * @param words the command and its arguments; or a script, split at its spaces
   * @param shell whether they are a script
   * @param columns whether lines have columns, which have places by name and by number
   * @throws IllegalArgumentException if a line cannot be one word where the script has its place
   */
  Template(List<String> words, boolean shell, boolean columns) {
    this.shell = shell;
    this.place = columns ? WITH_COLUMNS : PLACES;
    if (shell) {
      this.words = List.of("sh", "-c", script(String.join(" ", words)), "headway");
    } else {
      List<String> all = new ArrayList<>(words);
      if (all.stream().noneMatch(word -> place.matcher(word).find())) {
        all.add(WHOLE_LINE);
      }
      this.words = List.copyOf(all);
    }
  }

  private String script(String text) {
    boolean named = CHANGES_ARGUMENTS.matcher(text).find();
    ShellScript script = filled(text, named);
    if (!script.takesLine()) {
      script = filled(text + " " + WHOLE_LINE, named);
    }
    if (!script.takesLine()) {
      throw new IllegalArgumentException(
          "with --shell, the line would stand in a comment at the end: write {} where it belongs");
    }
    return named ? names() + script.filled() : script.filled();
  }

  private ShellScript filled(String text, boolean named) {
    return new ShellScript(text, place, found -> (named ? NAME : "") + argument(found));
  }

  /** Which argument of the script stands for a place, from 1. */
  private int argument(String place) {
    if (!order.contains(place)) {
      order.add(place);
    }
    return order.indexOf(place) + 1;
  }

  /** Gives the arguments names, which they keep. */
  private String names() {
    StringBuilder names = new StringBuilder();
    for (int i = 1; i <= order.size(); i++) {
      names.append(NAME).append(i).append("=$").append(i).append("; ");
    }
    return names.toString();
  }

  /** The program that is run for every line, if it does not depend on the line. */
  String program() {
    return words.getFirst();
  }

  /** Whether the program depends on the line. */
  boolean programVaries() {
    return !shell && place.matcher(program()).find();
  }

  /**
   * The command for an item.
   *
   * @throws IllegalArgumentException if it cannot be passed to a process
   */
  List<String> command(ExecItem item) {
    List<String> command = shell ? script(item) : words.stream().map(w -> fill(w, item)).toList();
    command.forEach(Template::requireArgument);
    return command;
  }

  private String fill(String word, ExecItem item) {
    return place
        .matcher(word)
        .replaceAll(found -> Matcher.quoteReplacement(value(found.group(), item)));
  }

  private List<String> script(ExecItem item) {
    List<String> command = new ArrayList<>(words);
    order.forEach(each -> command.add(value(each, item)));
    return command;
  }

  private static String value(String place, ExecItem item) {
    String line = item.line().text();
    return switch (place) {
      case WHOLE_LINE -> line;
      case "{.}" -> withoutExtension(line);
      case "{/}" -> name(line);
      case "{/.}" -> withoutExtension(name(line));
      case "{//}" -> folder(line);
      case "{#}" -> Long.toString(item.number());
      default -> column(place.substring(1, place.length() - 1), item.line());
    };
  }

  private static String column(String name, Line line) {
    return line.column(name)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "there is no column \"" + name + "\": there are " + line.columns().keySet()));
  }

  private static String withoutExtension(String path) {
    return EXTENSION.matcher(path).replaceFirst("");
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static String folder(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "." : slash == 0 ? "/" : path.substring(0, slash);
  }

  private static void requireArgument(String word) {
    if (word.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("it holds the character 0, which no command can be given");
    }
    if (!Programs.ENCODING.newEncoder().canEncode(word)) {
      throw new IllegalArgumentException(
          "it holds characters that cannot be passed on in this locale ("
              + Programs.ENCODING
              + "): set LC_ALL to one of UTF-8, such as C.UTF-8");
    }
  }
}
