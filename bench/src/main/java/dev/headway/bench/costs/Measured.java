package dev.headway.bench.costs;

/**
 * JMH's result of one benchmark.
 *
 * @param nanos a call of one thread, on average
 * @param error half of the confidence interval of 99.9 %
 * @param leastNanos a call in the fastest iteration
 * @param bytes allocated per call
 * @param refusedPercent of all calls
 */
public record Measured(
    double nanos, double error, double leastNanos, double bytes, double refusedPercent) {}
