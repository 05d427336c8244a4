package dev.headway.limit;

import java.util.regex.Pattern;

/**
 * A limit with its kind, its name and the currency that it counts.
 *
 * @param kind the sort of rule, such as {@code rate}
 * @param name a name that tells rules of one kind and currency apart; empty if it has none. Up to
 *     80 letters, digits, points, hyphens and underscores
 * @param currency the currency that it counts: permits or the name of a budget
 * @param limit the limit itself
 */
public record Rule(String kind, String name, String currency, Limit limit) {

  /** The kind of rates, which are sliding windows. */
  public static final String RATE = "rate";

  /** The kind of spacings. */
  public static final String SPACING = "spacing";

  /** The kind of token buckets. */
  public static final String TOKEN_BUCKET = "token bucket";

  /** The kind of concurrency limits. */
  public static final String CONCURRENCY = "concurrency";

  private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}._-]{0,80}");

  /**
   * Creates a rule.
   *
   * @throws IllegalArgumentException if {@code name} is too long or has other characters
   */
  public Rule {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "the name of a "
              + kind
              + " has 1 to 80 letters, digits, \".\", \"-\" and \"_\", such as \"burst\"; not \""
              + name
              + "\"");
    }
  }

  /** A rule without a name. */
  public Rule(String kind, String currency, Limit limit) {
    this(kind, "", currency, limit);
  }

  /** The same rule with another limit. */
  public Rule withLimit(Limit other) {
    return new Rule(kind, name, currency, other);
  }

  /**
   * Whether an update with this rule replaces another one: if both have the same kind, name and
   * currency. So a named rule replaces its namesake, and one without a name all those without.
   */
  public boolean replaces(Rule former) {
    return kind.equals(former.kind) && name.equals(former.name) && currency.equals(former.currency);
  }
}
