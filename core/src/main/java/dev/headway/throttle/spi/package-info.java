/** Where limits that are kept outside of this process plug into a throttle's queue. */
@NullMarked
package dev.headway.throttle.spi;

import org.jspecify.annotations.NullMarked;
