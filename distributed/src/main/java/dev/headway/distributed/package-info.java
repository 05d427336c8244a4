/**
 * What is between a throttle whose limits many processes share and the engine that decides for them
 * all. To share limits on another engine, implement {@link dev.headway.distributed.Store}.
 */
@NullMarked
package dev.headway.distributed;

import org.jspecify.annotations.NullMarked;
