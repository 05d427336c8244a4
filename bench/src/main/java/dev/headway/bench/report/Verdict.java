package dev.headway.bench.report;

/**
 * Whether a target was met.
 *
 * @param target the name of the {@link Target}
 * @param wanted with its unit
 */
public record Verdict(String target, String what, String wanted, double measured, boolean met) {}
