/** What is recorded of a run, and the page that shows it, live or as a report. */
@NullMarked
package dev.headway.cli.watch;

import org.jspecify.annotations.NullMarked;
