/** What a grant costs where many processes share a limit. */
@NullMarked
package dev.headway.bench.shared;

import org.jspecify.annotations.NullMarked;
