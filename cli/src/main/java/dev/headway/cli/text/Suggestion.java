package dev.headway.cli.text;

import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** The word that was probably meant. */
public final class Suggestion {

  private static final int LETTERS_PER_SLIP = 4;

  private Suggestion() {}

  /** The word that takes the fewest slips to get to what was typed, if they are few. */
  public static Optional<String> nearest(String typed, Iterable<String> words) {
    int most = 1 + typed.length() / LETTERS_PER_SLIP;
    return StreamSupport.stream(words.spliterator(), false)
        .filter(word -> slips(typed, word) <= Math.min(most, word.length() - 1))
        .min(Comparator.comparingInt(word -> slips(typed, word)));
  }

  /** The number of letters that were left out, added or mistaken; a swap of two letters is 2. */
  public static int slips(String typed, String word) {
    int[] row = IntStream.rangeClosed(0, word.length()).toArray();
    for (int i = 1; i <= typed.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= word.length(); j++) {
        int same = diagonal + (typed.charAt(i - 1) == word.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(same, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[word.length()];
  }
}
