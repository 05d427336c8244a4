package dev.headway.cli.exec;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * How the last attempt at a line ended.
 *
 * @param status the exit status, if it ended by itself
 * @param why the reason of a failure; empty if it succeeded
 * @param output the command's output
 */
record Ending(OptionalInt status, Optional<String> why, CommandOutput output) {}
