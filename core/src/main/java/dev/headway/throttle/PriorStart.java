package dev.headway.throttle;

import dev.headway.limit.Cost;
import java.time.Instant;
import java.util.Optional;

/**
 * A start that happened before, such as in an earlier process, for {@link LimitsBuilder#past}.
 *
 * @param startedAt when it was started
 * @param endedAt when it ended; empty if that is unknown, which counts as until now
 * @param cost what it took
 */
public record PriorStart(Instant startedAt, Optional<Instant> endedAt, Cost cost) {}
