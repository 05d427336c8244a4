package dev.headway.cli.plan;

import dev.headway.limit.Cost;

/**
 * What a request takes, without the request.
 *
 * @param cost how much of which limits
 * @param host the host that it goes to, as limits by host know it, and as it may be shown
 */
record Demand(Cost cost, String host) {}
