package dev.headway.cli.exec;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What became of the last attempt at a job.
 *
 * @param status its exit status, if it came so far
 * @param why what went wrong, if anything did
 * @param output what it wrote
 */
record Ending(OptionalInt status, Optional<String> why, CommandOutput output) {}
