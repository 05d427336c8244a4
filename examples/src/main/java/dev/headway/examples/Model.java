package dev.headway.examples;

/** A language model for the samples. It takes ten tokens for each letter of a prompt. */
final class Model {

  record Answer(String text, long tokens) {}

  Answer ask(String prompt) {
    return new Answer("about " + prompt, 10L * prompt.length());
  }

  /** At least as many tokens as the answer takes. */
  static long estimate(String prompt) {
    return 100L * prompt.length();
  }
}
