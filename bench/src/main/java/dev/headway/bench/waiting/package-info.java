/** What waiting costs: memory, grants, idleness. */
@NullMarked
package dev.headway.bench.waiting;

import org.jspecify.annotations.NullMarked;
