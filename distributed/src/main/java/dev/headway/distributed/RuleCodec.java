package dev.headway.distributed;

import dev.headway.limit.Concurrency;
import dev.headway.limit.Counted;
import dev.headway.limit.Limit;
import dev.headway.limit.Rate;
import dev.headway.limit.Rule;
import dev.headway.limit.SlidingWindow;
import dev.headway.limit.Spacing;
import dev.headway.limit.TokenBucket;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Encodes rules as text that every store reads: kind, currency, form and numbers (permits, the
 * nanoseconds of the period, the burst), separated by spaces; semicolons separate rules. Kinds and
 * currencies are URL-encoded. A rule's name follows its kind after a colon, so a store treats rules
 * of different names as different kinds.
 */
final class RuleCodec {

  private static final String FROM_START = "start";
  private static final String FROM_END = "end";
  private static final String BUCKET = "bucket";
  private static final String SPACING = "spacing";
  private static final String ALIGNED = "aligned";
  private static final String CONCURRENCY = "concurrency";

  private RuleCodec() {}

  /**
   * Whether a store supports a rule: not a limit of a user's own.
   *
   * @throws IllegalArgumentException if it counts on arrival, which cannot be shared
   */
  static boolean canShare(Rule rule) {
    return words(rule.limit()).isPresent();
  }

  static String of(List<Rule> rules) {
    return rules.stream()
        .map(rule ->
            kind(rule) + " " + encode(rule.currency()) + " " + words(rule.limit()).orElseThrow())
        .collect(Collectors.joining(";"));
  }

  private static String kind(Rule rule) {
    return encode(rule.kind()) + (rule.name().isEmpty() ? "" : ":" + encode(rule.name()));
  }

  private static Optional<String> words(Limit limit) {
    if (limit instanceof SlidingWindow window) {
      if (window.counted().bound().isPresent()) {
        throw new IllegalArgumentException(
            "a shared throttle cannot count on arrival, as \""
                + window
                + "\" does; count from the end or the start");
      }
      boolean start = window.counted().equals(Counted.FROM_START);
      return Optional.of((start ? FROM_START : FROM_END) + " " + words(window.rate()));
    }
    if (limit instanceof TokenBucket bucket) {
      return Optional.of(BUCKET + " " + words(bucket.rate()) + " " + bucket.capacity());
    }
    if (limit instanceof Spacing spacing) {
      return Optional.of((spacing.isAligned() ? ALIGNED : SPACING) + " " + words(spacing.rate()));
    }
    if (limit instanceof Concurrency concurrency) {
      return Optional.of(CONCURRENCY + " " + concurrency.capacity());
    }
    return Optional.empty();
  }

  private static String words(Rate rate) {
    return rate.permits() + " " + rate.period().toNanos();
  }

  /**
   * Reads the text of {@link #of}.
   *
   * @throws IllegalArgumentException if it is another text
   */
  static List<Rule> parse(String text) {
    List<Rule> rules = new ArrayList<>();
    for (String rule : text.isEmpty() ? new String[0] : text.split(";", -1)) {
      String[] words = rule.split(" ", -1);
      if (words.length < 4) {
        throw unreadable(rule);
      }
      String[] kind = words[0].split(":", 2);
      String name = kind.length == 1 ? "" : decode(kind[1]);
      rules.add(new Rule(decode(kind[0]), name, decode(words[1]), limit(words, rule)));
    }
    return rules;
  }

  private static Limit limit(String[] words, String text) {
    if (words[2].equals(CONCURRENCY)) {
      return new Concurrency(Long.parseLong(words[3]));
    }
    if (words.length < 5) {
      throw unreadable(text);
    }
    Rate rate = Rate.of(Long.parseLong(words[3]), Duration.ofNanos(Long.parseLong(words[4])));
    return switch (words[2]) {
      case FROM_START -> new SlidingWindow(rate, Counted.FROM_START);
      case FROM_END -> new SlidingWindow(rate, Counted.FROM_END);
      case SPACING -> Spacing.of(rate);
      case ALIGNED -> Spacing.of(rate).aligned(0);
      case BUCKET -> new TokenBucket(rate, Long.parseLong(words[5]));
      default -> throw unreadable(text);
    };
  }

  private static IllegalArgumentException unreadable(String text) {
    return new IllegalArgumentException(
        "\""
            + text
            + "\" is no rule of a shared limit; all processes that share it must use versions of"
            + " Headway that go together");
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
