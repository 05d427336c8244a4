package dev.headway.cli.fetch;

import dev.headway.cli.model.Usage;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a call of a language model took.
 *
 * @param call its number among those that cost money; 0 if none do
 * @param usage its tokens, if a response said so
 * @param cost what they cost, if they have a price
 */
record Charge(long call, Optional<Usage> usage, OptionalDouble cost) {}
