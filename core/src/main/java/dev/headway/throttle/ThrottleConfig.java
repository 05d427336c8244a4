package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.limit.Counted;
import dev.headway.limit.Rate;
import dev.headway.limit.Rule;
import dev.headway.limit.SlidingWindow;
import dev.headway.limit.Spacing;
import dev.headway.limit.TokenBucket;
import dev.headway.time.Durations;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The configuration of a throttle as a value, which can be read from properties, compared and
 * printed: all that a {@link ThrottleBuilder} collects except listeners, time sources, prior starts
 * and limits of your own.
 *
 * <pre class="properties">{@code
 * name=github
 * rate=100/m, 1000/h from-end
 * rate.burst=5/s on-arrival 50ms
 * spacing=10/s aligned
 * token-bucket=5/s burst 20
 * concurrency=10
 * budget.tokens=200000/m
 * max-waiting=1000
 * max-wait=30s
 * }</pre>
 *
 * <p>All keys are optional. A rate is counted {@code from-start} unless it says {@code from-end} or
 * {@code on-arrival} with a bound. Several limits of a kind are separated by commas; a rate with a
 * name ({@code rate.burst}) has it alone. Two configurations are equal if they print the same.
 */
public final class ThrottleConfig {

  private static final String NAME = "name";
  private static final String RATE = "rate";
  private static final String NAMED_RATE = "rate.";
  private static final String SPACING = "spacing";
  private static final String TOKEN_BUCKET = "token-bucket";
  private static final String CONCURRENCY = "concurrency";
  private static final String BUDGET = "budget.";
  private static final String MAX_WAITING = "max-waiting";
  private static final String MAX_WAIT = "max-wait";

  /** The keys, and the prefixes of keys with a name, as they are printed. */
  private static final List<String> KINDS =
      List.of(
          NAME,
          RATE,
          NAMED_RATE,
          SPACING,
          TOKEN_BUCKET,
          CONCURRENCY,
          BUDGET,
          MAX_WAITING,
          MAX_WAIT);

  private static final Comparator<String> ORDER =
      Comparator.<String>comparingInt(key -> KINDS.indexOf(kind(key)))
          .thenComparing(Comparator.naturalOrder());

  private static final Pattern COUNTED_RATE =
      Pattern.compile(
          "(?<rate>.*?)(\\s+(?<counted>from-start|from-end|on-arrival\\s+(?<bound>.+)))?",
          Pattern.DOTALL);
  private static final Pattern SPACED =
      Pattern.compile("(?<rate>.*?)(?<aligned>\\s+aligned)?", Pattern.DOTALL);
  private static final Pattern BUCKET = Pattern.compile("(?<rate>.+?)\\s+burst\\s+(?<burst>.+)");

  /** In canonical form and order. */
  private final SortedMap<String, String> properties = new TreeMap<>(ORDER);

  /** The configuration that a builder has collected. */
  ThrottleConfig(Settings settings, List<Rule> rules) {
    properties.put(NAME, settings.name());
    rules.stream().sorted(Comparator.comparing(Rule::name)).forEach(this::add);
    if (settings.maxWaiting() != Long.MAX_VALUE) {
      properties.put(MAX_WAITING, String.valueOf(settings.maxWaiting()));
    }
    settings.maxWait().ifPresent(wait -> properties.put(MAX_WAIT, Durations.compact(wait)));
  }

  private void add(Rule rule) {
    if (rule.kind().equals(Rule.RATE) && rule.limit() instanceof SlidingWindow window) {
      String named = rule.name().isEmpty() ? RATE : NAMED_RATE + rule.name();
      boolean permits = rule.currency().equals(Cost.PERMITS);
      add(permits ? named : BUDGET + rule.currency(), window.rate() + text(window.counted()));
    } else if (LimitsBuilder.isSpacing(rule) && rule.limit() instanceof Spacing spacing) {
      add(SPACING, spacing.rate() + (rule.kind().equals(Rule.SPACING) ? "" : " aligned"));
    } else if (rule.kind().equals(Rule.TOKEN_BUCKET)
        && rule.limit() instanceof TokenBucket bucket) {
      add(TOKEN_BUCKET, bucket.rate() + " burst " + bucket.capacity());
    } else if (rule.kind().equals(Rule.CONCURRENCY)) {
      String most = String.valueOf(rule.limit().capacity());
      properties.merge(CONCURRENCY, most, (a, b) -> number(a) < number(b) ? a : b);
    } else {
      throw new IllegalStateException(
          "a limit of your own, \"" + rule.limit() + "\", cannot be part of a ThrottleConfig");
    }
  }

  private void add(String key, String value) {
    properties.merge(key, value, (former, more) -> former + ", " + more);
  }

  private static String text(Counted counted) {
    return counted
        .bound()
        .map(bound -> " on-arrival " + Durations.compact(bound))
        .orElse(counted.equals(Counted.FROM_END) ? " from-end" : "");
  }

  /**
   * Reads a configuration.
   *
   * @param properties values by the keys above
   * @throws IllegalArgumentException if a key is unknown, with the nearest known one, or a value
   *     cannot be read or is out of range, with its key
   */
  public static ThrottleConfig from(Map<String, String> properties) {
    ThrottleBuilder builder = new ThrottleBuilder();
    properties.forEach((key, value) -> {
      if (!KINDS.contains(kind(key)) || key.endsWith(".")) {
        throw unknown(key);
      }
      try {
        apply(key, value.strip(), builder);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(key + "=" + value + ": " + e.getMessage(), e);
      }
    });
    return builder.config();
  }

  /** Reads a configuration, as {@link #from(Map)}. */
  public static ThrottleConfig from(Properties properties) {
    return from(
        properties.stringPropertyNames().stream()
            .collect(Collectors.toMap(key -> key, properties::getProperty)));
  }

  /** A builder with all of this, to which more can be added. */
  public ThrottleBuilder toBuilder() {
    return addTo(Throttle.builder());
  }

  /**
   * Adds all of this to a builder, such as that of a shared throttle.
   *
   * @return the builder
   */
  public <B extends AbstractThrottleBuilder<B>> B addTo(B builder) {
    properties.forEach((key, value) -> apply(key, value, builder));
    return builder;
  }

  /** A throttle of this configuration. */
  public Throttle build() {
    return toBuilder().build();
  }

  private static <B extends AbstractThrottleBuilder<B>> void apply(
      String key, String value, B builder) {
    switch (kind(key)) {
      case NAME -> builder.name(value);
      case RATE -> each(value, text -> rate(text, builder::rate));
      case NAMED_RATE -> rate(value, (rate, counted) -> builder.rate(nameOf(key), rate, counted));
      case SPACING -> each(value, text -> spacing(text, builder));
      case TOKEN_BUCKET -> each(value, text -> bucket(text, builder));
      case CONCURRENCY -> builder.concurrency(number(value));
      case BUDGET ->
          each(
              value,
              text -> rate(text, (rate, counted) -> builder.budget(nameOf(key), rate, counted)));
      case MAX_WAITING -> builder.maxWaiting(number(value));
      case MAX_WAIT -> builder.maxWait(Durations.parse(value));
      default -> throw unknown(key);
    }
  }

  /** A key without its name: {@code rate.} for {@code rate.burst}. */
  private static String kind(String key) {
    return key.substring(0, key.indexOf('.') < 0 ? key.length() : key.indexOf('.') + 1);
  }

  private static String nameOf(String key) {
    return key.substring(key.indexOf('.') + 1);
  }

  private static void each(String values, Consumer<String> reader) {
    Stream.of(values.split(",", -1)).map(String::strip).forEach(reader);
  }

  private interface RateMethod {
    Object add(Rate rate, Counted counted);
  }

  private static void rate(String text, RateMethod method) {
    Matcher matcher = matched(COUNTED_RATE, text);
    boolean fromEnd = "from-end".equals(matcher.group("counted"));
    Counted counted =
        Optional.ofNullable(matcher.group("bound"))
            .map(bound -> Counted.onArrival(Durations.parse(bound)))
            .orElse(fromEnd ? Counted.FROM_END : Counted.FROM_START);
    method.add(Rate.parse(matcher.group("rate")), counted);
  }

  /** A rate, or the duration between two starts. */
  private static <B extends AbstractThrottleBuilder<B>> void spacing(String text, B builder) {
    Matcher matcher = matched(SPACED, text);
    String rate = matcher.group("rate");
    boolean isRate = rate.contains("/") || rate.contains("per");
    builder.spacing(isRate ? Rate.parse(rate) : Rate.of(1, Durations.parse(rate)));
    if (matcher.group("aligned") != null) {
      builder.align();
    }
  }

  private static <B extends AbstractThrottleBuilder<B>> void bucket(String text, B builder) {
    Matcher matcher = matched(BUCKET, text);
    builder.tokenBucket(Rate.parse(matcher.group("rate")), number(matcher.group("burst")));
  }

  private static Matcher matched(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("a token bucket is RATE burst N, such as 5/s burst 20");
    }
    return matcher;
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("\"" + text + "\" is not a whole number", e);
    }
  }

  private static IllegalArgumentException unknown(String key) {
    String name = nameOf(key).isEmpty() || !key.contains(".") ? "NAME" : nameOf(key);
    List<String> known =
        KINDS.stream().map(kind -> kind.endsWith(".") ? kind + name : kind).toList();
    String nearest =
        known.stream().min(Comparator.comparingInt(each -> distance(key, each))).orElseThrow();
    return new IllegalArgumentException(
        "unknown key \""
            + key
            + "\": did you mean \""
            + nearest
            + "\"? Known are "
            + KINDS.stream()
                .map(kind -> kind.endsWith(".") ? kind + "NAME" : kind)
                .collect(Collectors.joining(", ")));
  }

  /** How many letters have to be inserted, deleted or replaced (Levenshtein). */
  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }

  /** The properties that {@link #from(Map)} reads back as an equal configuration. */
  public Map<String, String> toProperties() {
    return Collections.unmodifiableMap(properties);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ThrottleConfig config && properties.equals(config.properties);
  }

  @Override
  public int hashCode() {
    return properties.hashCode();
  }

  /** The properties, one in each line. */
  @Override
  public String toString() {
    return properties.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining("\n"));
  }
}
