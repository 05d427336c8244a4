/**
 * Limits that many processes share. To share limits on another store, implement {@link
 * dev.headway.distributed.Store}.
 */
@NullMarked
package dev.headway.distributed;

import org.jspecify.annotations.NullMarked;
