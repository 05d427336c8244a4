/** Queues of requests in Redis, which many processes work off together. */
@NullMarked
package dev.headway.cli.queue;

import org.jspecify.annotations.NullMarked;
