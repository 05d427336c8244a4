/**
 * The public face: {@link dev.headway.throttle.Throttle} to wait on, {@link dev.headway.Headway} to
 * run.
 */
@NullMarked
package dev.headway;

import org.jspecify.annotations.NullMarked;
