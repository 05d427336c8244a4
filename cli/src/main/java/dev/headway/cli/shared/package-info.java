/** What processes on many machines share: where it is, and how it is spoken to. */
@NullMarked
package dev.headway.cli.shared;

import org.jspecify.annotations.NullMarked;
