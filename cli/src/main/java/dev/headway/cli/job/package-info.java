/** What all commands do alike: items from a source are run, and their outcomes go to a sink. */
@NullMarked
package dev.headway.cli.job;

import org.jspecify.annotations.NullMarked;
