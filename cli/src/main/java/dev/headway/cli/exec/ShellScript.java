package dev.headway.cli.exec;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A script for {@code sh} in which variables stand in the places of another text, each quoted so
 * that its value is one word or a part of one:
 *
 * <pre>
 * unquoted        {}        "${1}"
 * in "…"          "a {}"    "a ${1}"
 * in '…'          'a {}'    'a '"${1}"''
 * in $(…)         as above, for what is quoted within it
 * in # comments   {}        {}
 * </pre>
 *
 * <p>It reads the text from left to right, a method for each kind of quoting, each calling the
 * others for what may stand within it. A place where a variable would be code, text or several
 * words is refused, and so is one after which shells do not agree how the text is quoted.
 */
final class ShellScript extends ScriptScanner {

  /** A variable or an argument, whatever columns there are. */
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{\\w+}");

  /** A word after {@code <<} that all read in the same way. */
  private static final Pattern PLAIN_END =
      Pattern.compile("\\\\?[^\"'\\\\$`]+|'[^']*'|\"[^\"\\\\$`]*\"");

  private static final Pattern QUOTES = Pattern.compile("[\"'\\\\]");

  /** The here-documents whose text begins with the next line. */
  private final Deque<HereDocument> pending = new ArrayDeque<>();

  private record HereDocument(String end, boolean indented) {

    boolean isEnd(String line) {
      return (indented ? line.replaceFirst("^\t+", "") : line).equals(end);
    }
  }

  /**
   * Fills in variables.
   *
   * @param place matches a place
   * @param variable names the variable for one
   * @throws IllegalArgumentException if one cannot be filled in safely
   */
  ShellScript(String text, Pattern place, UnaryOperator<String> variable) {
    super(text, place, variable);
    unquoted(false);
  }

  private void unquoted(boolean substitution) {
    int open = 0;
    int word = at;
    boolean awaited = !pending.isEmpty();
    while (at < text.length()) {
      if (fill("\"${", "}\"", null)) {
        continue;
      }
      char next = text.charAt(at);
      if (isSeparator(next)) {
        boolean isCase = text.substring(word, at).replace("\\\n", "").equals("case");
        if (isCase && substitution) {
          doubt = "after case in $(…)";
        }
        if (next == ')' && substitution && open == 0) {
          copy(1);
          return;
        }
        open += next == '(' ? 1 : next == ')' ? -1 : 0;
        separator(next, awaited);
        word = at;
      } else if (next == '#' && at == word) {
        copy(lengthTo('\n'));
      } else if (next == '\\') {
        word += at == word && text.startsWith("\\\n", at) ? 2 : 0;
        copy(2);
      } else {
        quotedOrPlain(next);
      }
    }
  }

  private void separator(char separator, boolean awaited) {
    if (separator == '\n') {
      copy(1);
      if (awaited) {
        doubt = "after a line end in $(…) that follows <<";
      }
      hereDocuments();
    } else if (text.startsWith("<<<", at)) {
      copy(3);
    } else if (text.startsWith("<<", at)) {
      hereDocument();
    } else {
      if (text.startsWith("((", at)) {
        doubt = "after ((";
      }
      copy(1);
    }
  }

  private void quotedOrPlain(char next) {
    switch (next) {
      case '\'' -> singleQuoted(null);
      case '"' -> doubleQuoted(null);
      case '`' -> backQuoted();
      case '$' -> dollar(false);
      default -> copy(1);
    }
  }

  private void singleQuoted(@Nullable String refused) {
    copy(1);
    while (at < text.length() && text.charAt(at) != '\'') {
      if (!fill("'\"${", "}\"'", refused)) {
        copy(1);
      }
    }
    copy(1);
  }

  private void doubleQuoted(@Nullable String refused) {
    copy(1);
    while (at < text.length() && text.charAt(at) != '"') {
      if (fill("${", "}", refused)) {
        continue;
      }
      switch (text.charAt(at)) {
        case '\\' -> {
          // Before a brace it is text, and must not become code before a dollar.
          boolean beforePlace = isPlace(at + 1);
          copy(beforePlace ? 1 : 2);
          filled.append(beforePlace ? "\\" : "");
        }
        case '`' -> backQuoted();
        case '$' -> dollar(true);
        default -> copy(1);
      }
    }
    copy(1);
  }

  /** A dollar outside single quotes, and all that it begins. */
  private void dollar(boolean quoted) {
    noteArgument();
    String from = text.substring(at, Math.min(at + 3, text.length()));
    if (from.startsWith("${")) {
      parameter(quoted);
    } else if (from.equals("$((")) {
      arithmetic();
    } else if (from.startsWith("$(")) {
      copy(2);
      unquoted(true);
    } else if (from.startsWith("$'") && !quoted) {
      escaped();
    } else {
      if (from.startsWith("$[") || from.equals("$\\\n")) {
        doubt = "after " + from.strip();
      }
      // The name of $$ and its like must not be taken for the beginning of something.
      copy(from.length() > 1 && "$!?-#@*".indexOf(from.charAt(1)) >= 0 ? 2 : 1);
    }
  }

  private void parameter(boolean quoted) {
    if (isPlace(at + 1)
        && !text.startsWith("${#}", at)
        && !VARIABLE.matcher(text).region(at, text.length()).lookingAt()) {
      throw refused("right after a $");
    }
    copy(2);
    while (at < text.length() && text.charAt(at) != '}') {
      refuse("in ${…}");
      switch (text.charAt(at)) {
        case '\\' -> copy(2);
        case '`' -> backQuoted();
        case '$' -> dollar(quoted);
        case '"' -> {
          int from = at;
          doubleQuoted("in ${…}");
          doubtIfClosed(from);
        }
        case '\'' -> {
          int from = at;
          if (quoted) {
            doubt = "after ' in \"${…}\"";
          }
          singleQuoted("in ${…}");
          doubtIfClosed(from);
        }
        default -> copy(1);
      }
    }
    copy(1);
  }

  /** Shells disagree whether a brace in quotes ends the expansion around the quotes. */
  private void doubtIfClosed(int from) {
    if (text.substring(from, at).indexOf('}') >= 0) {
      doubt = "after a quoted } in ${…}";
    }
  }

  /** Shells evaluate a variable's value there, and some run commands that it names. */
  private void arithmetic() {
    copy("$((".length());
    int open = 0;
    while (at < text.length() && (open > 0 || text.charAt(at) != ')')) {
      refuse("in $((…))");
      char next = text.charAt(at);
      open += next == '(' ? 1 : next == ')' ? -1 : 0;
      switch (next) {
        case '\\' -> copy(2);
        case '`' -> backQuoted();
        case '$' -> dollar(true);
        case '\'', '"' -> {
          doubt = "after a quote in $((…))";
          copy(1);
        }
        default -> copy(1);
      }
    }
    if (!text.startsWith("))", at)) {
      doubt = "after $((, which is no arithmetic";
    }
    copy(2);
  }

  private void backQuoted() {
    copy(1);
    while (at < text.length() && text.charAt(at) != '`') {
      refuse("in back quotes");
      noteArgument();
      copy(text.charAt(at) == '\\' ? 2 : 1);
    }
    copy(1);
  }

  /** In a shell that knows it, a backslash quotes there; in others it does not. */
  private void escaped() {
    copy(2);
    while (at < text.length() && text.charAt(at) != '\'') {
      refuse("in $'…'");
      if (text.startsWith("\\'", at)) {
        doubt = "after \\' in $'…'";
      }
      copy(text.charAt(at) == '\\' ? 2 : 1);
    }
    copy(1);
  }

  /** The operator, and the word that ends the document. */
  private void hereDocument() {
    boolean indented = text.startsWith("<<-", at);
    copy(indented ? 3 : 2);
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      copy(1);
    }
    int from = at;
    while (at < text.length() && !isSeparator(text.charAt(at))) {
      refuse("after <<");
      copy(1);
    }
    String end = text.substring(from, at);
    if (!PLAIN_END.matcher(end).matches()) {
      doubt = "after << " + end;
    }
    pending.add(new HereDocument(QUOTES.matcher(end).replaceAll(""), indented));
  }

  private void hereDocuments() {
    while (!pending.isEmpty()) {
      HereDocument document = pending.remove();
      boolean over = false;
      while (!over && at < text.length()) {
        int end = at + lengthTo('\n');
        over = document.isEnd(text.substring(at, end));
        while (at < end) {
          refuse("in a here-document");
          noteArgument();
          copy(1);
        }
        copy(1);
      }
      if (!over) {
        doubt = "after << " + document.end() + ", which has no end";
      }
    }
  }
}
