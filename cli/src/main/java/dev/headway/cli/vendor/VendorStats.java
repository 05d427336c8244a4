package dev.headway.cli.vendor;

import java.util.List;

/**
 * The score of a server that imitates a service; what it serves as JSON at {@code /stats}.
 *
 * @param like the service
 * @param requests how many requests arrived, other than for {@code /stats}
 * @param accepted how many of them no limit refused
 * @param refused how many a limit refused
 * @param busy how many were refused because the server was busy
 * @param dropped how many had their connection closed without an answer
 * @param inputTokens the tokens of the prompts of all that were accepted
 * @param outputTokens the tokens of their completions
 * @param limits the limits that have refused a request
 */
public record VendorStats(
    String like,
    long requests,
    long accepted,
    long refused,
    long busy,
    long dropped,
    long inputTokens,
    long outputTokens,
    List<Refusals> limits) {

  /**
   * The refusals of one limit.
   *
   * @param name which limit
   * @param limit how much it takes in a period
   * @param refused how many requests it has refused
   * @param episodes how many times it began to refuse: refusals within the time that the first of
   *     them was told to wait for are one episode
   */
  public record Refusals(String name, long limit, long refused, long episodes) {}
}
