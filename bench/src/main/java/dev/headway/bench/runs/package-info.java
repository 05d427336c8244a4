/** Measures the cost of an item in a run of many. */
@NullMarked
package dev.headway.bench.runs;

import org.jspecify.annotations.NullMarked;
