package dev.headway.http;

import java.time.Duration;

/**
 * A host gets no requests for a while because of its response.
 *
 * @param host the name of the scope: the host's name, with its port unless it is the default of its
 *     scheme, or as the client's {@link Scope} names it
 * @param status the status of the response
 * @param pause the duration of the pause from now
 * @param asked whether the server asked for this duration; otherwise the client chose it
 * @param refusals the number of refusals in a row; 0 if the host did not refuse
 * @param withoutHint how long the host has refused every request without giving a time
 */
public record ServerPause(
    String host, int status, Duration pause, boolean asked, long refusals, Duration withoutHint) {}
