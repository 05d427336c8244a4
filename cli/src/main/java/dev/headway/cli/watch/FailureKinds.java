package dev.headway.cli.watch;

import dev.headway.cli.text.Excerpt;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What failed, by kind: what an error says before its first colon, such as {@code the server
 * answered 404} or {@code exit status 3}. Of more kinds than a few the later ones count together.
 */
final class FailureKinds {

  static final int MOST_KINDS = 20;
  static final String OTHERS = "anything else";

  private static final Pattern ABOUT_A_LINE = Pattern.compile("line \\d+");
  private static final String UNREADABLE_LINE = "a line that cannot be used";
  private static final int LONGEST_KIND = 60;
  private static final int LONGEST_EXAMPLE = 300;

  private final Map<String, Kind> kinds = new LinkedHashMap<>();

  private static final class Kind {
    final String example;
    long count;

    Kind(String example) {
      this.example = example;
    }
  }

  /**
   * Counts a failure.
   *
   * @param what failed
   * @param why it did
   */
  void add(String what, String why) {
    String kind = kind(why);
    String place = kinds.containsKey(kind) || kinds.size() < MOST_KINDS ? kind : OTHERS;
    kinds.computeIfAbsent(place, name -> new Kind(example(what, why))).count++;
  }

  private static String kind(String why) {
    int colon = why.indexOf(": ");
    String kind = colon < 0 ? why : why.substring(0, colon);
    return ABOUT_A_LINE.matcher(kind).matches() ? UNREADABLE_LINE : Excerpt.of(kind, LONGEST_KIND);
  }

  private static String example(String what, String why) {
    return Excerpt.of(what.isEmpty() ? why : what + ": " + why, LONGEST_EXAMPLE);
  }

  List<Picture.Failures> picture() {
    return kinds.entrySet().stream()
        .map(kind ->
            new Picture.Failures(kind.getKey(), kind.getValue().count, kind.getValue().example))
        .sorted(Comparator.comparingLong(Picture.Failures::count).reversed())
        .toList();
  }
}
