package dev.headway.cli.lines;

import java.util.Optional;

/**
 * One line of the input.
 *
 * @param number its number, from 1
 * @param text what it says
 * @param fault what is wrong with the line itself, so that its text cannot be trusted
 */
public record Line(long number, String text, Optional<String> fault) {

  /** What is wrong with the line, and which it is. */
  public String because(String why) {
    return "line " + number + ": " + why;
  }
}
