package dev.headway.limit;

/**
 * A limit with the place that it has in a throttle.
 *
 * @param kind what sort of rule it is, such as {@code rate}; an update replaces rules of the same
 *     kind and currency
 * @param currency what it counts: permits or the name of a budget
 * @param limit the rule itself
 */
public record Rule(String kind, String currency, Limit limit) {

  /** The kind of rates, which are sliding windows. */
  public static final String RATE = "rate";

  /** The kind of spacings. */
  public static final String SPACING = "spacing";
}
