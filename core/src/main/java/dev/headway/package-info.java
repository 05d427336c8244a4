/**
 * Runs of many items, {@link dev.headway.Headway}, on throttles, {@link
 * dev.headway.throttle.Throttle}.
 */
@NullMarked
package dev.headway;

import org.jspecify.annotations.NullMarked;
