package dev.headway.http;

import dev.headway.limit.Rate;
import java.math.BigDecimal;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the fields in which servers report their quota.
 *
 * <p>{@code RateLimit} and {@code RateLimit-Policy} have had three forms in the drafts of the
 * IETF's HTTPAPI group: lists of named items ({@code "default";r=50;t=30}, with {@code
 * "default";q=100;w=60}), a dictionary ({@code limit=100, remaining=50, reset=30}), and a field
 * each ({@code RateLimit-Remaining: 50}). {@code X-RateLimit-*} has no specification; the form of
 * its reset is guessed from the value.
 */
final class RateLimitFields {

  private static final Comparator<Quota> LEAST_FIRST =
      Comparator.comparingLong(Quota::remaining)
          .thenComparing(Quota::resetIn, Comparator.reverseOrder());

  private static final Optional<Long> NOTHING = Optional.of(0L);

  private static final List<String> PREFIXES =
      List.of("RateLimit-", "X-RateLimit-", "X-Rate-Limit-");
  private static final List<String> SUFFIXES = List.of("", "-Requests");

  /** One member of a list: its name or first value, and its parameters. */
  private record Member(String name, Map<String, String> parameters) {

    Optional<Long> count(String parameter) {
      return Optional.ofNullable(parameters.get(parameter)).flatMap(HttpTimes::count);
    }

    boolean countsRequests() {
      return parameters.getOrDefault("qu", "requests").equals("requests");
    }
  }

  private RateLimitFields() {}

  /** The quota of the field with the smallest remaining count. */
  static Optional<Quota> quota(HttpHeaders fields, Instant now) {
    List<Quota> found = new ArrayList<>();
    addNamed(found, fields);
    addDictionary(found, fields, now);
    for (String prefix : PREFIXES) {
      for (String suffix : SUFFIXES) {
        Optional<Long> remaining =
            fields.firstValue(prefix + "Remaining" + suffix).flatMap(HttpTimes::count);
        Optional<Duration> reset =
            fields
                .firstValue(prefix + "Reset" + suffix)
                .flatMap(text -> HttpTimes.reset(text, now));
        // A limit of 0 is never reset, so it is not a quota.
        boolean none =
            fields.firstValue(prefix + "Limit" + suffix).flatMap(HttpTimes::count).equals(NOTHING);
        add(found, none ? Optional.empty() : remaining, reset);
      }
    }
    return found.stream().min(LEAST_FIRST);
  }

  private static void add(List<Quota> found, Optional<Long> remaining, Optional<Duration> reset) {
    if (remaining.isPresent() && reset.isPresent()) {
      found.add(new Quota(remaining.get(), reset.get()));
    }
  }

  /** {@code "default";r=50;t=30}; without t, the window of the policy of the same name. */
  private static void addNamed(List<Quota> found, HttpHeaders fields) {
    List<Member> policies = members(fields, "RateLimit-Policy");
    for (Member member : members(fields, "RateLimit")) {
      Optional<Member> policy =
          policies.stream().filter(p -> p.name().equals(member.name())).findFirst();
      if (policy.map(Member::countsRequests).orElse(true)) {
        Optional<Long> seconds = member.count("t").or(() -> policy.flatMap(p -> p.count("w")));
        add(found, member.count("r"), seconds.map(BigDecimal::valueOf).map(HttpTimes::seconds));
      }
    }
  }

  /** {@code limit=100, remaining=50, reset=30}. */
  private static void addDictionary(List<Quota> found, HttpHeaders fields, Instant now) {
    Map<String, String> dictionary = new HashMap<>();
    for (Member member : members(fields, "RateLimit")) {
      put(dictionary, member.name());
    }
    add(
        found,
        Optional.ofNullable(dictionary.get("remaining")).flatMap(HttpTimes::count),
        Optional.ofNullable(dictionary.get("reset")).flatMap(text -> HttpTimes.reset(text, now)));
  }

  /** {@code "default";q=100;w=60}, or the older {@code 100;w=60}. */
  static List<Rate> policies(HttpHeaders fields) {
    List<Rate> policies = new ArrayList<>();
    for (Member member : members(fields, "RateLimit-Policy")) {
      Optional<Long> permits = member.count("q").or(() -> HttpTimes.count(member.name()));
      Optional<Long> seconds = member.count("w");
      if (member.countsRequests() && permits.isPresent() && seconds.isPresent()) {
        rate(permits.get(), seconds.get()).ifPresent(policies::add);
      }
    }
    return policies;
  }

  private static Optional<Rate> rate(long permits, long seconds) {
    try {
      return Optional.of(Rate.of(permits, Duration.ofSeconds(seconds)));
    } catch (IllegalArgumentException outOfRange) {
      return Optional.empty();
    }
  }

  private static List<Member> members(HttpHeaders fields, String field) {
    List<Member> members = new ArrayList<>();
    for (String value : fields.allValues(field)) {
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
