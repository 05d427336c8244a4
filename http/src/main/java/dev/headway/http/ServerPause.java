package dev.headway.http;

import java.time.Duration;

/**
 * A host gets no requests for a while, because of what it answered.
 *
 * @param host its name, with its port if that is not the scheme's; where the client has another
 *     {@link Scope}, the name of the scope
 * @param status the answer's status
 * @param pause how long from now
 * @param asked whether the server asked for this long; otherwise the client chose
 * @param refusals how often in a row the host has refused; 0 if it did not refuse
 * @param withoutHint for how long it has done nothing but refuse without saying for how long
 */
public record ServerPause(
    String host, int status, Duration pause, boolean asked, long refusals, Duration withoutHint) {}
