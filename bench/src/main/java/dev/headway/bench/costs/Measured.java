package dev.headway.bench.costs;

/**
 * What JMH says of one benchmark.
 *
 * @param nanos a call of one thread, on average
 * @param error half of the confidence interval of 99.9 %
 * @param leastNanos that of the fastest iteration
 * @param bytes allocated by a call
 * @param refusedPercent of all calls
 */
public record Measured(
    double nanos, double error, double leastNanos, double bytes, double refusedPercent) {}
