/** How exactly a rate is kept, and how late a grant comes. */
@NullMarked
package dev.headway.bench.exact;

import org.jspecify.annotations.NullMarked;
