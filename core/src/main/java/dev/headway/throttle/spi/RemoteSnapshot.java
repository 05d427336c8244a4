package dev.headway.throttle.spi;

import java.time.Duration;
import java.util.Optional;

/**
 * The state of remote limits in all processes together.
 *
 * @param waiting how many callers wait
 * @param running how many permits are open
 * @param available how many permits could start at once
 * @param untilNextStart how long a new caller waits at least; empty if unknown
 * @param idle whether new limits would behave the same
 * @param granted permits granted so far
 * @param refused callers refused so far
 * @param abandoned callers that left without a permit so far
 * @param waited the time that granted callers have waited, added up
 */
public record RemoteSnapshot(
    long waiting,
    long running,
    long available,
    Optional<Duration> untilNextStart,
    boolean idle,
    long granted,
    long refused,
    long abandoned,
    Duration waited) {}
