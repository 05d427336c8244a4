package dev.headway.cli.request;

import dev.headway.cli.text.Suggestion;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The fields that a line may have. Those that are none of a request are carried to its result,
 * unless they look like one that is misspelt.
 */
final class RequestFields {

  private static final List<String> KNOWN =
      List.of("url", "id", "method", "headers", "body", "cost");

  /** In a longer word two mistaken letters are a slip; in a shorter one they are another word. */
  private static final int LONG = 6;

  private static final int SHORTEST_WITH_SLIP = 3;

  private RequestFields() {}

  static boolean isKnown(String name) {
    return KNOWN.contains(name);
  }

  /** Whether a name may be that of a field that is carried. */
  static boolean maySay(String name) {
    return !isKnown(name) && meant(name).isEmpty();
  }

  /**
   * The known name that is meant by another: it differs in case, in two letters that are swapped,
   * or in a letter but the first; a long one in any two letters.
   */
  static Optional<String> meant(String name) {
    String typed = name.toLowerCase(Locale.ROOT);
    return KNOWN.stream()
        .filter(known -> !known.equals(name) && looksLike(typed, known))
        .findFirst();
  }

  private static boolean looksLike(String typed, String known) {
    int slips = Suggestion.slips(typed, known);
    if (slips == 0 || (slips == 2 && (known.length() >= LONG || isSwap(typed, known)))) {
      return true;
    }
    return slips == 1
        && known.length() >= SHORTEST_WITH_SLIP
        && (known.length() >= LONG || typed.charAt(0) == known.charAt(0));
  }

  private static boolean isSwap(String typed, String known) {
    char[] one = typed.toCharArray();
    char[] other = known.toCharArray();
    Arrays.sort(one);
    Arrays.sort(other);
    return Arrays.equals(one, other);
  }
}
