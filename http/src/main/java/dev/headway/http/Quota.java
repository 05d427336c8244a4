package dev.headway.http;

import java.time.Duration;

/**
 * The quota that a server reports.
 *
 * @param remaining how many more requests it accepts
 * @param resetIn the time until the quota is reset
 */
public record Quota(long remaining, Duration resetIn) {}
