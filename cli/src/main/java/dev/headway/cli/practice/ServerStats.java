package dev.headway.cli.practice;

import java.util.OptionalLong;

/**
 * The score of a {@link PracticeServer}; what it serves as JSON at {@code /stats}.
 *
 * @param requests how many requests arrived, other than for {@code /stats}: the sum of the next
 *     three
 * @param accepted how many were let in
 * @param rejected how many were refused with a 429
 * @param dropped how many had their connection closed without an answer
 * @param fullestWindow the most requests, accepted or not, in any half-open interval of the period
 * @param limit how many the server accepts in a period; empty, in JSON {@code null}, when it has no
 *     limit
 * @param periodMs the period in milliseconds; that of one second when there is no limit
 */
public record ServerStats(
    long requests,
    long accepted,
    long rejected,
    long dropped,
    long fullestWindow,
    OptionalLong limit,
    long periodMs) {}
