package dev.headway.http;

import java.net.http.HttpHeaders;

/**
 * A response, of a status other than 2xx unless the policy reads all, as far as it is known before
 * it is decided what follows.
 *
 * @param status the status, 100 to 999
 * @param headers the header fields
 * @param body the start of the body, as text: the first 64 KB, or what came within 5 seconds
 * @param limits what the header fields state about limits
 */
public record ErrorResponse(
    int status, HttpHeaders headers, String body, RateLimitHeaders limits) {}
