package dev.headway.cli.vendor;

import java.time.Duration;

/**
 * What a language model answers.
 *
 * @param promptTokens the tokens of the prompt
 * @param tokens the tokens of the answer
 * @param truncated whether the answer would be longer without the maximum
 * @param text the answer
 * @param takes how long it takes to write
 */
record Completion(long promptTokens, long tokens, boolean truncated, String text, Duration takes) {}
