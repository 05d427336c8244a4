package dev.headway.http;

import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A response, and what it took to get it.
 *
 * @param response the last response; one that asks to slow down or that failed, too, if nothing
 *     better came in as many attempts as there may be
 * @param attempts how many requests were sent, those that were told to slow down included
 * @param waited how long they stood in line or backed off, added up
 * @param took how long the last was under way
 * @param <T> the response's body
 */
public record Exchange<T extends @Nullable Object>(
    HttpResponse<T> response, int attempts, Duration waited, Duration took) {}
