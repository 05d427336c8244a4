package dev.headway.cli.exec;

import dev.headway.cli.lines.Line;

/**
 * One line of the input as a command has it.
 *
 * @param number which it is of those that ask for something, from 1
 */
record Job(long number, Line line) {}
