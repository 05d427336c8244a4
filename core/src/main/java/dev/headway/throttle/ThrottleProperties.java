package dev.headway.throttle;

import dev.headway.limit.Counted;
import dev.headway.limit.Rate;
import dev.headway.throttle.ThrottleConfig.BucketConfig;
import dev.headway.throttle.ThrottleConfig.RateConfig;
import dev.headway.throttle.ThrottleConfig.SpacingConfig;
import dev.headway.time.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads the configuration of a throttle from properties, and writes it as properties. */
final class ThrottleProperties {

  private static final String NAME = "name";
  private static final String RATE = "rate";
  private static final String NAMED_RATE = "rate.";
  private static final String SPACING = "spacing";
  private static final String TOKEN_BUCKET = "token-bucket";
  private static final String CONCURRENCY = "concurrency";
  private static final String BUDGET = "budget.";
  private static final String MAX_WAITING = "max-waiting";
  private static final String MAX_WAIT = "max-wait";

  private static final List<String> KEYS =
      List.of(NAME, RATE, SPACING, TOKEN_BUCKET, CONCURRENCY, MAX_WAITING, MAX_WAIT);

  private static final Pattern COUNTED_RATE =
      Pattern.compile(
          "(?<rate>.*?)(\\s+(?<counted>from-start|from-end|on-arrival\\s+(?<bound>.+)))?");
  private static final Pattern SPACED = Pattern.compile("(?<rate>.*?)(?<aligned>\\s+aligned)?");
  private static final Pattern BUCKET = Pattern.compile("(?<rate>.+?)\\s+burst\\s+(?<burst>.+)");

  private String name = "throttle";
  private final List<RateConfig> rates = new ArrayList<>();
  private final List<SpacingConfig> spacings = new ArrayList<>();
  private final List<BucketConfig> tokenBuckets = new ArrayList<>();
  private Optional<Long> concurrency = Optional.empty();
  private final List<RateConfig> budgets = new ArrayList<>();
  private Optional<Long> maxWaiting = Optional.empty();
  private Optional<Duration> maxWait = Optional.empty();

  private ThrottleProperties() {}

  static ThrottleConfig read(Map<String, String> properties) {
    ThrottleProperties all = new ThrottleProperties();
    new TreeMap<>(properties)
        .forEach((key, value) -> {
          if (!isKnown(key)) {
            throw unknown(key);
          }
          try {
            ThrottleProperties alone = new ThrottleProperties();
            alone.read(key, value.strip());
            var unused = alone.config();
          } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + "=" + value + ": " + e.getMessage(), e);
          }
          all.read(key, value.strip());
        });
    return all.config();
  }

  private ThrottleConfig config() {
    return new ThrottleConfig(
        name, rates, spacings, tokenBuckets, concurrency, budgets, maxWaiting, maxWait);
  }

  private void read(String key, String value) {
    switch (key) {
      case NAME -> name = value;
      case RATE -> rates.addAll(all(value, text -> rate("", text)));
      case SPACING -> spacings.addAll(all(value, ThrottleProperties::spacing));
      case TOKEN_BUCKET -> tokenBuckets.addAll(all(value, ThrottleProperties::bucket));
      case CONCURRENCY -> concurrency = Optional.of(number(value));
      case MAX_WAITING -> maxWaiting = Optional.of(number(value));
      case MAX_WAIT -> maxWait = Optional.of(Durations.parse(value));
      default -> {
        if (hasName(key, NAMED_RATE)) {
          rates.add(rate(key.substring(NAMED_RATE.length()), value));
        } else {
          budgets.addAll(all(value, text -> rate(key.substring(BUDGET.length()), text)));
        }
      }
    }
  }

  private static <T> List<T> all(String value, Function<String, T> reader) {
    return Stream.of(value.split(",", -1)).map(String::strip).map(reader).toList();
  }

  private static RateConfig rate(String name, String text) {
    Matcher matcher = COUNTED_RATE.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("it has several lines");
    }
    String bound = matcher.group("bound");
    boolean fromEnd = "from-end".equals(matcher.group("counted"));
    Counted counted = fromEnd ? Counted.FROM_END : Counted.FROM_START;
    return new RateConfig(
        name,
        Rate.parse(matcher.group("rate")),
        bound == null ? counted : Counted.onArrival(Durations.parse(bound)));
  }

  /** A rate, or the duration between two starts. */
  private static SpacingConfig spacing(String text) {
    Matcher matcher = SPACED.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("it has several lines");
    }
    String rate = matcher.group("rate");
    boolean isRate = rate.contains("/") || rate.contains("per");
    return new SpacingConfig(
        isRate ? Rate.parse(rate) : Rate.of(1, Durations.parse(rate)),
        matcher.group("aligned") != null);
  }

  private static BucketConfig bucket(String text) {
    Matcher matcher = BUCKET.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("a token bucket is RATE burst N, such as 5/s burst 20");
    }
    return new BucketConfig(Rate.parse(matcher.group("rate")), number(matcher.group("burst")));
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("\"" + text + "\" is not a whole number", e);
    }
  }

  private static boolean isKnown(String key) {
    return KEYS.contains(key) || hasName(key, NAMED_RATE) || hasName(key, BUDGET);
  }

  private static boolean hasName(String key, String prefix) {
    return key.startsWith(prefix) && key.length() > prefix.length();
  }

  private static IllegalArgumentException unknown(String key) {
    int point = key.indexOf('.');
    String suffix = point < 0 || point == key.length() - 1 ? "NAME" : key.substring(point + 1);
    String nearest =
        Stream.concat(KEYS.stream(), Stream.of(NAMED_RATE + suffix, BUDGET + suffix))
            .min(Comparator.comparingInt(known -> distance(key, known)))
            .orElseThrow();
    return new IllegalArgumentException(
        "unknown key \""
            + key
            + "\": did you mean \""
            + nearest
            + "\"? Known are "
            + String.join(", ", KEYS)
            + ", rate.NAME and budget.NAME");
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

  static Map<String, String> write(ThrottleConfig config) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put(NAME, config.name());
    for (RateConfig rate : config.rates()) {
      add(properties, rate.name().isEmpty() ? RATE : NAMED_RATE + rate.name(), text(rate));
    }
    for (SpacingConfig spacing : config.spacings()) {
      add(properties, SPACING, spacing.rate() + (spacing.aligned() ? " aligned" : ""));
    }
    for (BucketConfig bucket : config.tokenBuckets()) {
      add(properties, TOKEN_BUCKET, bucket.rate() + " burst " + bucket.burst());
    }
    config.concurrency().ifPresent(most -> add(properties, CONCURRENCY, "" + most));
    for (RateConfig budget : config.budgets()) {
      add(properties, BUDGET + budget.name(), text(budget));
    }
    config.maxWaiting().ifPresent(most -> add(properties, MAX_WAITING, "" + most));
    config.maxWait().ifPresent(wait -> add(properties, MAX_WAIT, Durations.compact(wait)));
    return properties;
  }

  private static void add(Map<String, String> properties, String key, String value) {
    properties.merge(key, value, (former, more) -> former + ", " + more);
  }

  private static String text(RateConfig rate) {
    Optional<Duration> bound = rate.counted().bound();
    if (bound.isPresent()) {
      return rate.rate() + " on-arrival " + Durations.compact(bound.get());
    }
    return rate.rate() + (rate.counted().equals(Counted.FROM_END) ? " from-end" : "");
  }
}
