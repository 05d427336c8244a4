/** How things are said and written: files' errors, durations, excerpts, lines of JSON. */
@NullMarked
package dev.headway.cli.text;

import org.jspecify.annotations.NullMarked;
