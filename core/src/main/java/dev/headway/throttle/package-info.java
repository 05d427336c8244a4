/** The one queue behind every throttle of this process. */
@NullMarked
package dev.headway.throttle;

import org.jspecify.annotations.NullMarked;
