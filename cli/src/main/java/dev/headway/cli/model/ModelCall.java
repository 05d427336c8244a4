package dev.headway.cli.model;

import java.util.OptionalLong;

/**
 * What a request asks of a language model, as far as it is known before the answer.
 *
 * @param model the name of the model; empty if the request has none
 * @param guess the tokens of the prompt by its texts, 1 or more
 * @param maxOutput the most tokens that the answer may have, if the request says so
 */
public record ModelCall(String model, long guess, OptionalLong maxOutput) {}
