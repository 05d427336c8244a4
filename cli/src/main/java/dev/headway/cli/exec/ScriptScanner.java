package dev.headway.cli.exec;

import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Copies a script from left to right, with variables in the places of another text. */
abstract class ScriptScanner {

  /** A use of the arguments of the script. */
  private static final Pattern ARGUMENT = Pattern.compile("\\$(?:\\{[#!]?)?[1@*]");

  final String text;
  final StringBuilder filled = new StringBuilder();
  int at;

  /** Why it is not known how what follows is quoted, if it is not. */
  @Nullable String doubt;

  private final Pattern place;
  private final UnaryOperator<String> variable;
  private boolean takesLine;

  ScriptScanner(String text, Pattern place, UnaryOperator<String> variable) {
    this.text = text;
    this.place = place;
    this.variable = variable;
  }

  /** The script for the shell. */
  final String filled() {
    return filled.toString();
  }

  /** Whether there is a place in it, or an argument such as {@code $1}. */
  final boolean takesLine() {
    return takesLine;
  }

  static boolean isSeparator(char character) {
    return " \t\n;&|<>()".indexOf(character) >= 0;
  }

  /** Notes whether an argument of the script is used here. */
  final void noteArgument() {
    takesLine |= ARGUMENT.matcher(text).region(at, text.length()).lookingAt();
  }

  final boolean isPlace(int index) {
    return index < text.length() && place.matcher(text).region(index, text.length()).lookingAt();
  }

  /** Puts a variable in the place that is here, if one is. */
  final boolean fill(String before, String after, @Nullable String refused) {
    Matcher found = place.matcher(text).region(at, text.length());
    if (!found.lookingAt()) {
      return false;
    }
    String where = refused == null ? doubt : refused;
    if (where != null) {
      throw refused(where);
    }
    takesLine = true;
    filled.append(before).append(variable.apply(found.group())).append(after);
    at = found.end();
    return true;
  }

  final void refuse(String where) {
    if (isPlace(at)) {
      throw refused(where);
    }
  }

  static IllegalArgumentException refused(String where) {
    return new IllegalArgumentException(
        "with --shell, {} cannot stand "
            + where
            + ", where it may not be one word: write \"$1\", which is the line, in its place");
  }

  final int lengthTo(char end) {
    int index = text.indexOf(end, at);
    return (index < 0 ? text.length() : index) - at;
  }

  final void copy(int length) {
    int end = Math.min(at + length, text.length());
    filled.append(text, at, end);
    at = end;
  }
}
