package dev.headway.cli;

import java.util.Comparator;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** The word that somebody may have meant to type. */
final class Suggestion {

  private static final int LETTERS_PER_SLIP = 4;

  private Suggestion() {}

  /** The word that takes the fewest slips to get to what was typed, if they are few. */
  static Optional<String> nearest(String typed, Iterable<String> words) {
    int most = 1 + typed.length() / LETTERS_PER_SLIP;
    return StreamSupport.stream(words.spliterator(), false)
        .filter(word -> slips(typed, word) <= Math.min(most, word.length() - 1))
        .min(Comparator.comparingInt(word -> slips(typed, word)));
  }

  /**
   * How many letters were left out, added, mistaken or swapped with the next: the optimal string
   * alignment distance (Damerau, 1964).
   */
  static int slips(String typed, String word) {
    int[][] least = new int[typed.length() + 1][word.length() + 1];
    for (int i = 0; i <= typed.length(); i++) {
      for (int j = 0; j <= word.length(); j++) {
        if (i == 0 || j == 0) {
          least[i][j] = i + j;
          continue;
        }
        int mistaken = typed.charAt(i - 1) == word.charAt(j - 1) ? 0 : 1;
        least[i][j] =
            Math.min(
                least[i - 1][j - 1] + mistaken, 1 + Math.min(least[i - 1][j], least[i][j - 1]));
        boolean swapped =
            i > 1
                && j > 1
                && typed.charAt(i - 1) == word.charAt(j - 2)
                && typed.charAt(i - 2) == word.charAt(j - 1);
        if (swapped) {
          least[i][j] = Math.min(least[i][j], least[i - 2][j - 2] + 1);
        }
      }
    }
    return least[typed.length()][word.length()];
  }
}
