package dev.headway.cli.text;

/** The beginning of a given text, safe to show on a terminal. */
public final class Excerpt {

  private Excerpt() {}

  /** At most so many characters, none of which controls anything. */
  public static String of(String text, int longest) {
    String visible = text.replaceAll("\\p{Cntrl}", "\uFFFD");
    return visible.length() > longest ? visible.substring(0, longest) + "…" : visible;
  }
}
