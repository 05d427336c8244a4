/** Where time comes from, and how threads wait for it. */
@NullMarked
package dev.headway.time;

import org.jspecify.annotations.NullMarked;
