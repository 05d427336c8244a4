/** Measures Headway and its peers side by side, and says which targets are met. */
@NullMarked
package dev.headway.bench;

import org.jspecify.annotations.NullMarked;
