/** Measures the cost of one call that is granted. */
@NullMarked
package dev.headway.bench.costs;

import org.jspecify.annotations.NullMarked;
