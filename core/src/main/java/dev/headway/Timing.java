package dev.headway;

import java.time.Duration;
import java.time.Instant;

/**
 * When a task ran.
 *
 * @param startedAt when its first attempt started, or would have
 * @param waited how long it stood in line or backed off, over all attempts
 * @param took how long its last attempt ran
 */
public record Timing(Instant startedAt, Duration waited, Duration took) {}
