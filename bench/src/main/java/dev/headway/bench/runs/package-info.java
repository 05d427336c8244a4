/** What an item costs in a run of many. */
@NullMarked
package dev.headway.bench.runs;

import org.jspecify.annotations.NullMarked;
