/** The source of time, and waiting for it. */
@NullMarked
package dev.headway.time;

import org.jspecify.annotations.NullMarked;
