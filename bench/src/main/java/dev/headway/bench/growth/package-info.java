/** Measures how costs grow with the work. */
@NullMarked
package dev.headway.bench.growth;

import org.jspecify.annotations.NullMarked;
