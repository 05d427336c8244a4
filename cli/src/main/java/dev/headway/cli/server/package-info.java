/**
 * A server to practise on: it answers on loopback, holds its callers to a strict limit, and says
 * how well they kept to it.
 *
 * <p>It is the judge of what Headway promises, and therefore uses none of Headway's own limits.
 */
@NullMarked
package dev.headway.cli.server;

import org.jspecify.annotations.NullMarked;
