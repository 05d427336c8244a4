/** The lines of an input. */
@NullMarked
package dev.headway.cli.lines;

import org.jspecify.annotations.NullMarked;
