package dev.headway.http;

import java.time.Duration;

/**
 * What a server says is left.
 *
 * @param remaining how many requests it will take
 * @param resetIn within how long; after that it may take more
 */
public record Quota(long remaining, Duration resetIn) {}
