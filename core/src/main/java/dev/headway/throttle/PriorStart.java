package dev.headway.throttle;

import dev.headway.limit.Cost;
import java.time.Instant;
import java.util.Optional;

/**
 * A piece of work that was started before, such as by a process that is gone, and that the limits
 * are to know of.
 *
 * @param startedAt when it was started
 * @param endedAt when it ended; empty if that is not known, so that it may have been under way
 *     until now
 * @param cost what it took
 */
public record PriorStart(Instant startedAt, Optional<Instant> endedAt, Cost cost) {}
