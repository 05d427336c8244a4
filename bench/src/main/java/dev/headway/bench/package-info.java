/** Measures Headway and its peers side by side, and checks the targets. */
@NullMarked
package dev.headway.bench;

import org.jspecify.annotations.NullMarked;
