/** How far a run has come, for the person at the terminal. */
@NullMarked
package dev.headway.cli.progress;

import org.jspecify.annotations.NullMarked;
