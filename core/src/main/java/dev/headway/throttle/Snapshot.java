package dev.headway.throttle;

import dev.headway.limit.LimitSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The state of a throttle at one instant. Callers of keys that share its limits are included.
 *
 * @param name the throttle's name
 * @param rules the limits in force, as values
 * @param waiting the number of waiting callers
 * @param running the number of open permits
 * @param available how many permits could start now if no caller waited; {@link Long#MAX_VALUE} if
 *     no limit bounds them
 * @param untilNextStart the shortest wait of a caller that asks for one permit now, behind all that
 *     wait; empty if it depends on the end of open permits
 * @param nextStart the same as an instant of the wall clock
 * @param idle whether a new throttle with the same limits would behave the same: no caller waits,
 *     and no limit remembers a start that could delay another. Where limits count only starts,
 *     permits may still be open
 * @param granted the number of permits granted so far
 * @param refused the number of callers refused so far
 * @param abandoned the number of callers that have left the queue without a permit so far
 * @param waited the total wait of all callers that were granted a permit
 */
public record Snapshot(
    String name,
    List<LimitSnapshot> rules,
    long waiting,
    long running,
    long available,
    Optional<Duration> untilNextStart,
    Optional<Instant> nextStart,
    boolean idle,
    long granted,
    long refused,
    long abandoned,
    Duration waited) {}
