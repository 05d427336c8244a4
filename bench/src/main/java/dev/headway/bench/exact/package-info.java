/** Measures how exactly a rate is kept, and how late a grant is. */
@NullMarked
package dev.headway.bench.exact;

import org.jspecify.annotations.NullMarked;
