package dev.headway.http;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A response, and what it took to get it.
 *
 * @param response the last response; where retries ran out, one that failed or asks to slow down
 * @param attempts how many requests were sent, refused ones included
 * @param waited how long they waited for limits and backed off, added up
 * @param took how long the last attempt took
 * @param refused whether the response asks to slow down: the request was not carried out
 * @param stop why no further request succeeds until a person acts, where the response says so
 * @param <T> the response's body
 */
public record Exchange<T extends @Nullable Object>(
    HttpResponse<T> response,
    int attempts,
    Duration waited,
    Duration took,
    boolean refused,
    Optional<String> stop) {}
