/** What one call costs where nothing is refused. */
@NullMarked
package dev.headway.bench.costs;

import org.jspecify.annotations.NullMarked;
