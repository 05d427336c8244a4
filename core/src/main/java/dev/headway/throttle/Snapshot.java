package dev.headway.throttle;

import dev.headway.limit.LimitSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a throttle looked like at one instant. Callers of throttles that share its rules, by key,
 * are callers of it too.
 *
 * @param name the throttle's name
 * @param rules the rules in force, as values
 * @param waiting how many callers stand in line
 * @param running how many permits are open
 * @param available how many permits could start at once if no caller waited; {@link Long#MAX_VALUE}
 *     if no rule bounds them
 * @param untilNextStart how long a caller that comes now for one permit has at least to wait,
 *     behind all that wait; empty if only the end of what runs can tell
 * @param nextStart the same as an instant of the day
 * @param idle whether a throttle that is made anew with the same rules would behave the same: no
 *     caller waits, and no rule remembers anything that could delay a start. Where the rules count
 *     only starts, permits may still be open
 * @param granted how many permits have been granted in all
 * @param refused how many callers were not let in line in all
 * @param abandoned how many callers have left the line in all, without a permit
 * @param waited how long those that were granted a permit have waited for it, added up
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
