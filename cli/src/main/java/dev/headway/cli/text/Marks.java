package dev.headway.cli.text;

/** Rows of marks, for charts that any terminal can show. */
public final class Marks {

  private Marks() {}

  /** A mark for each so many, so that even a few are seen. */
  public static String of(String mark, long count, long each) {
    return mark.repeat(Math.toIntExact(Math.ceilDiv(count, each)));
  }
}
