/** Measures the cost of waiting: memory, grants, idle processor time. */
@NullMarked
package dev.headway.bench.waiting;

import org.jspecify.annotations.NullMarked;
