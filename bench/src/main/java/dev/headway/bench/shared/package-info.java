/** Measures the cost of a grant where many processes share a limit. */
@NullMarked
package dev.headway.bench.shared;

import org.jspecify.annotations.NullMarked;
