package dev.headway.http;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A response and its costs.
 *
 * @param response the last response; if the retries ran out, one that failed or asks to slow down
 * @param attempts the number of requests sent, refused ones included
 * @param waited the total time of waits for limits and of backoff
 * @param took the duration of the last attempt
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
