package dev.headway.cli.lines;

/** What ends a line. */
public enum Separator {
  /** The end of a line of text, on whatever system it was written. */
  NEWLINE('\n'),
  /** The character 0, which no name of a file has: what {@code find -print0} writes. */
  NUL('\0');

  final byte end;

  Separator(char end) {
    this.end = (byte) end;
  }
}
