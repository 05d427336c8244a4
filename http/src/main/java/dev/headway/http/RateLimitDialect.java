package dev.headway.http;

import dev.headway.limit.Rate;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code RateLimit} and {@code RateLimit-Policy}, in each form that the drafts of the IETF's
 * HTTPAPI group have had: lists of named items ({@code "default";r=50;t=30}, with {@code
 * "default";q=100;w=60;qu="requests"}), a dictionary ({@code limit=100, remaining=50, reset=30}),
 * and policies without a name ({@code 100;w=60}), also in {@code RateLimit-Limit}. The form with a
 * field each is read by {@link XRateLimitDialect}.
 */
final class RateLimitDialect implements Dialect {

  private final String limitField;
  private final String policyField;
  private final String sizeField;

  /** The dialect with its fields' names after a prefix. */
  RateLimitDialect(String prefix) {
    this.limitField = prefix + "ratelimit";
    this.policyField = prefix + "ratelimit-policy";
    this.sizeField = prefix + "ratelimit-limit";
  }

  /** One member of a list: its name or first value, and its parameters. */
  private record Member(String name, Map<String, String> parameters) {

    Optional<Long> count(String parameter) {
      return Optional.ofNullable(parameters.get(parameter)).flatMap(HttpTimes::count);
    }

    String unit() {
      return parameters.getOrDefault("qu", Allowance.REQUESTS);
    }

    /** {@code "default";q=100}, or {@code 100} as it was. */
    Optional<Long> size() {
      return count("q").or(() -> HttpTimes.count(name));
    }
  }

  @Override
  public void read(ResponseFields fields, Findings found) {
    List<Member> policies = new ArrayList<>(members(fields.all(policyField)));
    List<Member> limits = members(fields.all(limitField));
    for (Member limit : limits) {
      readNamed(limit, policies, found);
    }
    readDictionary(limits, fields, found);
    policies.addAll(members(fields.all(sizeField)));
    policies.forEach(policy -> rate(policy).ifPresent(found.policies::add));
  }

  /** {@code "default";r=50;t=30}; without t, the window of the policy of the same name. */
  private static void readNamed(Member limit, List<Member> policies, Findings found) {
    Optional<Member> policy =
        policies.stream().filter(p -> p.name().equals(limit.name())).findFirst();
    Optional<Long> remaining = limit.count("r");
    Optional<Long> seconds = limit.count("t").or(() -> policy.flatMap(p -> p.count("w")));
    if (remaining.isPresent() && seconds.isPresent()) {
      found.allowances.add(
          new Allowance(
              policy.map(Member::unit).orElse(Allowance.REQUESTS),
              remaining.get(),
              HttpTimes.seconds(BigDecimal.valueOf(seconds.get())),
              policy.flatMap(Member::size).filter(size -> size > 0).orElse(Long.MAX_VALUE)));
    }
  }

  /** {@code limit=100, remaining=50, reset=30}. */
  private static void readDictionary(List<Member> limits, ResponseFields fields, Findings found) {
    Map<String, String> dictionary = new HashMap<>();
    limits.forEach(member -> put(dictionary, member.name()));
    Optional<Long> size = value(dictionary, "limit").flatMap(HttpTimes::count);
    Optional<Long> remaining = value(dictionary, "remaining").flatMap(HttpTimes::count);
    Optional<Duration> reset =
        value(dictionary, "reset").flatMap(text -> HttpTimes.wait(text, fields.now()));
    if (remaining.isPresent() && reset.isPresent() && size.orElse(1L) > 0) {
      found.allowances.add(
          new Allowance(
              Allowance.REQUESTS, remaining.get(), reset.get(), size.orElse(Long.MAX_VALUE)));
    }
  }

  private static Optional<String> value(Map<String, String> dictionary, String key) {
    return Optional.ofNullable(dictionary.get(key));
  }

  private static Optional<Rate> rate(Member policy) {
    Optional<Long> permits = policy.size();
    Optional<Long> seconds = policy.count("w");
    if (!policy.unit().equals(Allowance.REQUESTS) || permits.isEmpty() || seconds.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Rate.of(permits.get(), Duration.ofSeconds(seconds.get())));
    } catch (IllegalArgumentException outOfRange) {
      return Optional.empty();
    }
  }

  private static List<Member> members(List<String> values) {
    List<Member> members = new ArrayList<>();
    for (String value : values) {
      for (String text : split(value, ',')) {
        List<String> parts = split(text, ';');
        Map<String, String> parameters = new HashMap<>();
        parts.stream().skip(1).forEach(part -> put(parameters, part));
        members.add(new Member(unquoted(parts.getFirst()), parameters));
      }
    }
    return members;
  }

  private static void put(Map<String, String> into, String keyAndValue) {
    int equals = keyAndValue.indexOf('=');
    if (equals > 0) {
      into.put(
          keyAndValue.substring(0, equals).strip(), unquoted(keyAndValue.substring(equals + 1)));
    }
  }

  private static String unquoted(String text) {
    String stripped = text.strip();
    boolean quoted = stripped.length() > 1 && stripped.startsWith("\"") && stripped.endsWith("\"");
    return quoted ? stripped.substring(1, stripped.length() - 1) : stripped;
  }

  /** Splits at a separator that is not within a quoted string. */
  private static List<String> split(String text, char separator) {
    List<String> parts = new ArrayList<>();
    boolean quoted = false;
    int begin = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted && c == '\\') {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == separator && !quoted) {
        parts.add(text.substring(begin, i));
        begin = i + 1;
      }
    }
    parts.add(text.substring(begin));
    return parts;
  }
}
